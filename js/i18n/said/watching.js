// What main_controller/watching says, by code, in Japanese; its English stands beside each code there.

export default {
  "watching.order": "{scope} への {order}",
  "watching.orderWanting": "{scope} への {order}: {wanted}",
  "watching.aboutToSend": "送信直前: {order}",
  "watching.outcome": "{stage}: {why}",
  "watching.outcomeUnknown": "結果不明: 送信から記録までの間にプログラムが終了しました。",
  "watching.started": "APIS Main Controller {version} が起動しました。",
  "watching.ended": "プログラムを終了します: {why}",
  "watching.scheduleSet": "{scope} の {operation} Schedule を設定",
  "watching.scheduleCleared": "{scope} の {operation} Schedule を解除",
  "watching.scheduleEnded": "{scope} の {operation}({due} 実行予定): {why}",
  "watching.locked": "{scope} をロック",
  "watching.unlocked": "{scope} のロックを解除",
};
