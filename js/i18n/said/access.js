// What main_controller/access says, by code, in Japanese; its English stands beside each code there.

export default {
  "access.unread": "現在アカウントを読み出せないため、誰もログインしていません。",
  "access.sessionEnded": "このブラウザのセッションは終了しました。",
  "access.tokenDoesNotHold": "このトークンは、存在しないか、期限切れか、アドレス {address} からは使えません。",
  "access.noAccount": "そのようなアカウントはありません。",
  "access.nameTaken": "アカウント {name} はすでにあります。",
  "access.manyAccounts": "アカウントは {most} 件までで、これ以上は作成できません。",
  "access.lastAdministrator": "{name} は最後の管理者です。",
  "access.noSession": "そのようなセッションはありません。",
  "access.tokenEndPast": "トークンの期限は未来の日時を指定してください。",
  "access.tokenAboveOwner": "トークンに所有者(役割: {role})を超える権限は付けられません。",
  "access.manyTokens": "トークンはアカウントごとに {most} 個までです。",
  "access.noToken": "そのようなトークンはありません。",
  "access.wrong": "名前、パスワード、ワンタイムコードのいずれかが正しくありません。",
  "access.codeWanted": "この変更にはワンタイムコードも必要です。スマートフォンに表示されている現在のコードを入力してください。",
  "access.wrongProof": "パスワードまたはワンタイムコードが正しくありません。",
  "access.wrongPassword": "パスワードが正しくありません。",
  "access.changedMeanwhile": "アカウントが変更されたか、セッションが終了しています。何も行われませんでした。",
  "access.tooSoon": "ログインの失敗が続いています。次は {seconds} 秒後に試せます。",
};
