// Before anything is painted: the colours that were chosen last; without a choice the system's.
{
  const key = 'floe-theme';
  const root = document.documentElement;
  const chosen = () => { try { return localStorage.getItem(key) ?? 'auto'; } catch { return 'auto'; } };
  const set = (theme) => { if (theme === 'auto') root.removeAttribute('data-theme'); else root.dataset.theme = theme; };
  set(chosen());
  globalThis.floeTheme = {
    chosen,
    choose(theme) {
      try { localStorage.setItem(key, theme); } catch { /* The choice then lasts as long as the page. */ }
      set(theme);
      root.dispatchEvent(new Event('theme'));
    },
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => root.dispatchEvent(new Event('theme')));
}
