// Before the first paint: the stored theme, else the system's, and the stored language (a classic script, so nothing flashes).
// After loading: whether the page's script runs in this browser; where it does not, the page says so and Stop all goes by its form.
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
  addEventListener("load", function () {
    var asks = typeof HTMLDialogElement === "function" && typeof HTMLDialogElement.prototype.showModal === "function";
    if (!asks || root.dataset.running === undefined) root.classList.add("unable");
  });
})();
