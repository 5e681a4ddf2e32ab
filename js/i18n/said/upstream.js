// What main_controller/upstream says, by code, in Japanese; its English stands beside each code there.

export default {
};
