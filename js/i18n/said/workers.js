// What main_controller/workers says, by code, in Japanese; its English stands beside each code there.

export default {
};
