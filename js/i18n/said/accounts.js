// What main_controller/accounts says, by code, in Japanese; its English stands beside each code there.

export default {
  "accounts.viewer": "閲覧者",
  "accounts.operator": "運転員",
  "accounts.engineer": "技術者",
  "accounts.administrator": "管理者",
  "accounts.noRole": "役割は {roles} のいずれかを指定してください({given!r} は使えません)。",
  "accounts.theName": "名前",
  "accounts.theDisplayName": "表示名",
  "accounts.theTokenName": "トークンの名前",
  "accounts.notPrintable": "{what}に表示できない文字が含まれています。",
  "accounts.emptyName": "{what}が空です。",
  "accounts.nameTooLong": "{what}が {limit} 文字を超えています。",
  "accounts.passwordShort": "パスワードが {least} 文字未満です。",
  "accounts.passwordLong": "パスワードが {most} バイトを超えているか、文字列ではありません。",
  "accounts.passwordIsName": "パスワードが名前と同じです。",
  "accounts.passwordCommon": "よく使われるパスワードで、最初に試されるものです。",
  "accounts.manyNetworks": "トークンのネットワークは {most} 個までです。",
  "accounts.noNetwork": "{given!r} は 192.168.0.0/24 のようなネットワークではありません。",
  "accounts.needsRole": "この操作には役割「{needed}」が必要です(現在の役割: {role})。",
  "accounts.logIn": "ログインしてください: 役割「{needed}」が必要です。",
};
