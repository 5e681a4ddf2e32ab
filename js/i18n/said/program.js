// What the rest of main_controller/ says (server, concurrency, wiring), by code, in Japanese; its English stands beside each code there.

export default {
  "program.unknownName": "名前 {host} を解決できません({reason})。設定 b_host で別の名前を指定できます。",
  "program.addressElsewhere": "{host} はこの機器のアドレスではありません({waited})。設定 b_host で別のアドレスを指定できます。",
  "program.waitedFor": "{seconds:g} 秒間試行しました",
  "program.cannotListen": "{host} のポート {port} で待ち受けできません({reason})。設定 b_port で別のポートを指定できます。",
  "program.logNotWritten": "ログを {file} に書き込めません({why})。",
  "program.notThisUsers": "{place} はユーザー {owner} のものですが、このプログラムは {user} として動作しています。chown {user} {place} を実行するか、{owner} として起動してください。",
  "program.othersWaitAlready": "{name} が {seconds:.1f} 秒間応答していません。ほかの要求がすでに応答を待っています。",
  "program.pidNotWritten": "pid ファイルを書き込めないため、stop.sh はこのプログラムを見つけられません({why})。",
  "program.readingsBusy": "{limit} 件の要求がすでに apis-web または機器の応答を待っています。しばらくしてから再度お試しください。",
  "program.sharedCallBrokenOff": "この要求が共有していた呼出しは打ち切られました。",
  "program.toldToEnd": "終了の指示がありました",
  "program.toldToStop": "Main Controller に終了の指示がありました",
  "program.waitsNoLonger": "{name} が {seconds:.1f} 秒間応答していません。この要求は待機を打ち切りました。",

  "program.incidentStop": "{by} が Stop all を指示しました。",
  "program.drillKept": "訓練 {name}: 異常を発生させました。",

  "program.standing": "{priority}: {cause}",
  "program.planned": "{time}: {scope}、{mode}",
  "program.noSuchKind": "アラームの種類 {kind} はありません。",
  "program.notPractised": "{why}。",
  "program.practised": "練習: {kind} はこのように通知されます。異常はありません。",
  "program.accountsChanged": "この機械上の `user ...` でアカウントが変更された({count} 回)",
  "program.userUses": "次のいずれかを使用してください: {uses}",
  "program.passwordsDiffer": "2 回の入力が一致しません。何も変更していません。",
  "program.nameTaken": "アカウント {name} はすでにあります。",
  "program.noAccount": "そのアカウントはありません。",
};
