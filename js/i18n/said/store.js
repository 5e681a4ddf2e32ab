// What main_controller/store says, by code, in Japanese; its English stands beside each code there.

export default {
};
