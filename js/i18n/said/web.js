// What main_controller/web says, by code, in Japanese; its English stands beside each code there.

export default {
};
