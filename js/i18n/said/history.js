// What main_controller/history says, by code, in Japanese; its English stands beside each code there.

export default {
  "history.countsApart": "{giver} から {taker} への電力融通について、apis-main の計量は {unit} の蓄電池で {counted:.1f} Wh、読み取り値からは {ours:.1f} Wh です(ノードの時計による)。差が双方の不確かさ {unsure:.1f} Wh を超えています。"
};
