// What main_controller/workers says, by code, in Japanese; its English stands beside each code there.

export default {
  "workers.noUnitsData": "apis-web の /get/log に、どのノードのデータもありません(既知のノード {members} 台)。",
  "workers.noUsableId": "apis-web の /unitIds に、ノード ID として使えるものがありません。",

  "workers.endedButStands": "終了しました({outcome})が、ファイルが残っています。{fault}",
  "workers.faultOfProgram": "プログラムの不具合により処理できませんでした。詳細はログにあります。",
  "workers.changedJustNow": "直前に変更されました。",
  "workers.clearedBefore": "操作の送信前に解除または再設定されました。",
  "workers.recordingRests": "履歴を記録できません: {why}",
  "workers.sending": "操作を送信中です。",
  "workers.sendingAgain": "操作を再送信中です。前回: {before}",
  "workers.triedAgain": "{since} から送信できず、再試行を続けています: {why}",
  "workers.programEnds": "プログラムが終了するため、操作は送信されませんでした。",
  "workers.inEffect": "反映を確認しました(操作 {id})。",
  "workers.notYet": "操作 {id} は受理済みですが、まだ反映を確認できません。",
  "workers.noEffect": "操作 {id} は受理されましたが、反映されませんでした。",
  "workers.sentSoOften": "{sends} 回送信しました。",
  "workers.theOrder": "Schedule の操作",
  "workers.peerAway": "apis-web の {name} が応答しません: {why}",
  "workers.loopStopped": "{name} が動作していません。",
  "workers.scheduleWaits": "{scope} の {mode}(Schedule)は時刻を過ぎて待機中です: {why}",
  "workers.scheduleFailed": "{scope} の {mode}(Schedule)は実行されませんでした: {why}",
  "workers.diskLow": "{folder} のディスクの空きは {megabytes:.0f} MB です。",
  "workers.clockSet": "このマシンの時計が一度に {seconds:+.0f} 秒動きました。",
};
