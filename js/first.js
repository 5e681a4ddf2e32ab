// Before the first paint: the stored theme, else the system's (a classic script, so nothing flashes).
(function () {
  var root = document.documentElement;
  function stored(key) {
    try {
      return localStorage.getItem(key);
    } catch (fault) {
      return null;
    } // storage may be switched off: then the defaults
  }
  var theme = stored("theme");
  var light = theme === "light" || (theme !== "dark" && matchMedia("(prefers-color-scheme: light)").matches);
  root.classList.add("scripted");
  root.dataset.theme = light ? "light" : "dark";
})();
