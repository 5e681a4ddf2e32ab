// What main_controller/orders says, by code, in Japanese; its English stands beside each code there.

export default {
};
