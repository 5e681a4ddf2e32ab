// What main_controller/procedures says, by code, in Japanese; its English stands beside each code there.

export default {
};
