// What main_controller/watching says, by code, in Japanese; its English stands beside each code there.

export default {
};
