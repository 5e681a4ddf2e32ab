// What main_controller/rules says, by code, in Japanese; its English stands beside each code there.

export default {
};
