// What main_controller/credentials says, by code, in Japanese; its English stands beside each code there.

export default {
  "credentials.busy": "ログインが集中しています。数秒後にもう一度お試しください。",
};
