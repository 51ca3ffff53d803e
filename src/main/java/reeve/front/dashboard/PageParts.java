package reeve.front.dashboard;

/// What the page carries within it, so that it loads nothing.
final class PageParts {
    /// Light and dark by what the reader's system wants. All text has a contrast of at least 4.5:1 (WCAG 2.2 AA).
    static final String STYLE = """
            :root { color-scheme: light dark;
              --page: #f6f5f1; --card: #ffffff; --ink: #1d1f21; --soft: #5a5f66; --line: #e2e0d8; --link: #0b57a4;
              --good: #176639; --good-bg: #e2f3e8; --wait: #7a4b00; --wait-bg: #fdf0d5; --bad: #a01622; --bad-bg: #fde4e5;
              --rest: #3b4a9c; --rest-bg: #e6e9fb; --dim: #565b61; --dim-bg: #ececea; }
            @media (prefers-color-scheme: dark) { :root {
              --page: #14171a; --card: #1c2024; --ink: #e8e6e1; --soft: #a3a9b1; --line: #2d3338; --link: #8ab8f0;
              --good: #7fd8a0; --good-bg: #17331f; --wait: #f0c36d; --wait-bg: #38290c; --bad: #ff9aa0; --bad-bg: #421a1d;
              --rest: #b0bcff; --rest-bg: #252b4d; --dim: #a9afb6; --dim-bg: #292e33; } }
            * { box-sizing: border-box; }
            body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
            main { max-width: 82rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
            header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; margin-bottom: 1.5rem; }
            h1 { font-size: 1.5rem; margin: 0; letter-spacing: -.01em; }
            h2 { font-size: 1.05rem; margin: 0; }
            .about, .file { color: var(--soft); }
            .labels { display: flex; flex-wrap: wrap; gap: .35rem; margin: 0; padding: 0; list-style: none; }
            .labels li { font: .8rem/1.5 ui-monospace, monospace; color: var(--soft); border: 1px solid var(--line); border-radius: 6px;
              padding: 0 .45rem; overflow-wrap: anywhere; }
            .labels .class { color: var(--ink); border-color: currentColor; }
            .note { margin: 0 0 1rem; padding: .5rem .9rem; border-radius: 8px; color: var(--wait); background: var(--wait-bg); }
            .counts { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1.5rem; padding: 0; list-style: none; }
            .counts li { font-size: .9rem; }
            section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin-bottom: 1.25rem;
              overflow: hidden; }
            .head { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; padding: .85rem 1.1rem; }
            .file { font: .8rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
            .scroll { overflow-x: auto; }
            table { border-collapse: collapse; width: 100%; }
            th { text-align: left; font-weight: 600; font-size: .78rem; color: var(--soft); padding: .45rem .75rem; white-space: nowrap; }
            td { border-top: 1px solid var(--line); padding: .55rem .75rem; vertical-align: top; }
            th:first-child, td:first-child { padding-left: 1.1rem; } th:last-child, td:last-child { padding-right: 1.1rem; }
            td.name { font-weight: 600; white-space: nowrap; }
            td.number, td.mono { font: .85rem/1.6 ui-monospace, monospace; white-space: nowrap; }
            .right { text-align: right; } .soft { display: block; color: var(--soft); }
            td.why { color: var(--soft); min-width: 14rem; overflow-wrap: anywhere; }
            a { color: var(--link); text-underline-offset: .15em; }
            .state { display: inline-flex; align-items: center; gap: .4em; padding: .05rem .6rem; border-radius: 1rem; font-size: .85rem;
              white-space: nowrap; color: var(--dim); background: var(--dim-bg); }
            .state::before { content: ""; width: .5em; height: .5em; border-radius: 50%; background: currentColor; }
            .state.good { color: var(--good); background: var(--good-bg); } .state.wait { color: var(--wait); background: var(--wait-bg); }
            .state.bad { color: var(--bad); background: var(--bad-bg); } .state.rest { color: var(--rest); background: var(--rest-bg); }
            .state.rest::before { background: none; box-shadow: inset 0 0 0 2px currentColor; }
            .target { display: block; } .target + .target { margin-top: .3rem; }
            .empty { padding: 1.5rem 1.1rem; } code { font: .9em ui-monospace, monospace; background: var(--dim-bg);
              padding: .1em .4em; border-radius: 4px; }
            @media (max-width: 46rem) {
              .instances thead { display: none; }
              .instances tr { display: flex; flex-wrap: wrap; align-items: baseline; gap: .15rem .9rem; padding: .6rem 1.1rem;
                border-top: 1px solid var(--line); }
              .instances td { order: 2; border: 0; padding: 0; } .instances td:empty { display: none; }
              .instances td.name, .instances td.is { order: 0; } .instances td.why { order: 1; flex-basis: 100%; }
              .instances td[data-label]::before { content: attr(data-label) " "; color: var(--soft); }
              .instances .soft { display: inline; } }
            #stale { display: none; background: var(--bad-bg); color: var(--bad); padding: .6rem 1.25rem; text-align: center; }
            .stale #stale { display: block; }
            """;

    /// Asks again every two seconds while somebody looks, and says so when nobody answers.
    static final String SCRIPT = """
            setInterval(async () => {
              if (document.hidden) return;
              try {
                const answer = await fetch('/', { headers: { Accept: 'text/html' } });
                if (!answer.ok) throw new Error(answer.status);
                const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
                document.querySelector('main').replaceWith(fresh.querySelector('main'));
                document.title = fresh.title;
                document.body.classList.remove('stale');
              } catch (e) {
                document.body.classList.add('stale');
              }
            }, 2000);
            """;

    /// A ring with a line through it.
    static final String ICON = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
            + "%3Ccircle cx='8' cy='8' r='5' fill='none' stroke='%23176639' stroke-width='3'/%3E"
            + "%3Cpath d='M1 14 15 2' stroke='%23c98a1b' stroke-width='2'/%3E%3C/svg%3E";

    private PageParts() {}
}
