// What main_controller/workers says, by code, in Japanese; its English stands beside each code there.

export default {
  "workers.noUnitsData": "apis-web の /get/log に、どのノードのデータもありません(既知のノード {members} 台)。",
  "workers.noUsableId": "apis-web の /unitIds に、ノード ID として使えるものがありません。",
};
