// What main_controller/domain says, by code, in Japanese; its English stands beside each code there.

export default {
};
