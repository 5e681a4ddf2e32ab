// What main_controller/notifiers says, by code, in Japanese; its English stands beside each code there.

export default {
  "notifiers.timedOut": "{where} から時間内に応答がありませんでした。",
  "notifiers.refused": "{where} は接続を拒否しています。",
  "notifiers.noAddress": "{where} の名前を解決できません。",
  "notifiers.certificate": "{where} の証明書を信頼できません: {why}。",
  "notifiers.noTls": "{where} はここで受け入れられる TLS に対応していません。",
  "notifiers.broke": "{where} への接続が切れました: {why}。",
  "notifiers.caUnread": "{file} を使用できません: {why}。",
  "notifiers.secretUnread": "{what} のファイルを読み取れません: {why}。",
  "notifiers.noSecret": "{where} に 1 行の {what} がありません。",
  "notifiers.recipients": "メールサーバーが宛先を拒否しています: {to}。",
  "notifiers.noLogin": "{where} はログインを拒否しています。",
  "notifiers.notOffered": "{where} は {what} に対応していません。",
  "notifiers.mailRefused": "{where} はメールを拒否しています: {why}",
  "notifiers.wrongStatus": "{where} の応答は {status} です。",
  "notifiers.noHttp": "{where} は HTTP に対応していません: {why}。",
  "notifiers.noUrl": "アドレスが http または https ではありません。",
  "notifiers.appriseFailed": "apprise で送信できませんでした。",
  "notifiers.noApprise": "apprise がインストールされていません。{python} -m pip install apprise を実行してください。",
  "notifiers.appriseUnknown": "apprise はこのアドレスに対応していません。",
  "notifiers.brokerRefuses": "{where} は拒否しています: {why}。",
};
