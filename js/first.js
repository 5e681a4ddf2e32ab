// Before the first paint: the stored theme, else the system's, and the stored language (a classic script, so nothing flashes).
(function () {
  function stored(key) {
    try { return localStorage.getItem(key); } catch (fault) { return null; } // storage may be switched off: then the defaults
  }
  var theme = stored("theme");
  var light = theme === "light" || (theme !== "dark" && matchMedia("(prefers-color-scheme: light)").matches);
  document.documentElement.classList.add("scripted");
  document.documentElement.dataset.theme = light ? "light" : "dark";
})();
