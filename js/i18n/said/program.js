// What the rest of main_controller/ says (server, concurrency, wiring), by code, in Japanese; its English stands beside each code there.

export default {
};
