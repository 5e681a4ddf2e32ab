// What the controller itself says, by code, in Japanese: refusals, events, outcomes. One file for each of its rooms.

import access from "./said/access.js";
import accounts from "./said/accounts.js";
import alarms from "./said/alarms.js";
import credentials from "./said/credentials.js";
import domain from "./said/domain.js";
import history from "./said/history.js";
import notification from "./said/notification.js";
import notifiers from "./said/notifiers.js";
import orders from "./said/orders.js";
import procedures from "./said/procedures.js";
import program from "./said/program.js";
import rules from "./said/rules.js";
import selfcheck from "./said/selfcheck.js";
import store from "./said/store.js";
import upstream from "./said/upstream.js";
import watching from "./said/watching.js";
import web from "./said/web.js";
import workers from "./said/workers.js";

export default {
  ...access,
  ...accounts,
  ...alarms,
  ...credentials,
  ...domain,
  ...history,
  ...notification,
  ...notifiers,
  ...orders,
  ...procedures,
  ...program,
  ...rules,
  ...selfcheck,
  ...store,
  ...upstream,
  ...watching,
  ...web,
  ...workers,
};
