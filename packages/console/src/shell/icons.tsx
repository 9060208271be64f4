// Small drawings. All of them stand beside a word, so they are hidden from who listens.
import type { ComponentChildren, VNode } from 'preact';

function Drawn({ children }: { readonly children: ComponentChildren }): VNode {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const Mark = (): VNode => (
  <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <rect x="6" y="1" width="12" height="22" rx="6" class="mark-box" />
    <circle cx="12" cy="6.5" r="2.6" class="mark-lit" />
    <circle cx="12" cy="12" r="2.6" class="mark-half" />
    <circle cx="12" cy="17.5" r="2.6" class="mark-dim" />
  </svg>
);

export const Check = (): VNode => (
  <Drawn>
    <path d="M3.2 8.4l3.1 3.1 6.5-7" />
  </Drawn>
);

export const Cross = (): VNode => (
  <Drawn>
    <path d="M4 4l8 8M12 4l-8 8" />
  </Drawn>
);

/** Neither yes nor no. */
export const Dash = (): VNode => (
  <Drawn>
    <path d="M4.4 8h7.2" />
  </Drawn>
);

/** A barred circle: somebody said no. */
export const Barred = (): VNode => (
  <Drawn>
    <circle cx="8" cy="8" r="5.6" />
    <path d="M4.2 11.8l7.6-7.6" />
  </Drawn>
);

export const Warning = (): VNode => (
  <Drawn>
    <path d="M8 2.4l6 10.8H2z" />
    <path d="M8 6.6v3M8 11.4v.2" />
  </Drawn>
);

export const Gone = (): VNode => (
  <Drawn>
    <path d="M9.5 3H3.6v10h5.9M7 8h6.6M11 5.4L13.6 8 11 10.6" />
  </Drawn>
);

export const Copy = (): VNode => (
  <Drawn>
    <rect x="5.4" y="5.4" width="8" height="8" rx="1.6" />
    <path d="M10.6 5.2V3.4a1 1 0 0 0-1-1H3.4a1 1 0 0 0-1 1v6.2a1 1 0 0 0 1 1h1.8" />
  </Drawn>
);

export const Gauge = (): VNode => (
  <Drawn>
    <path d="M2.4 11.6a5.7 5.7 0 1 1 11.2 0M8 10.4l2.6-3.6" />
  </Drawn>
);

export const Rows = (): VNode => (
  <Drawn>
    <path d="M2.6 4h10.8M2.6 8h10.8M2.6 12h6.6" />
  </Drawn>
);

/** A plug: what somebody brings and connects. */
export const Plug = (): VNode => (
  <Drawn>
    <path d="M5.6 2.4v3.2M10.4 2.4v3.2M3.6 5.6h8.8v1.6a4.4 4.4 0 0 1-8.8 0zM8 11.6v2.2" />
  </Drawn>
);

export const Moon = (): VNode => (
  <Drawn>
    <path d="M13 9.6A5.6 5.6 0 1 1 6.6 3a4.5 4.5 0 0 0 6.4 6.6z" />
  </Drawn>
);

export const Keyboard = (): VNode => (
  <Drawn>
    <rect x="1.8" y="4" width="12.4" height="8" rx="1.6" />
    <path d="M4.4 6.8h.1M7 6.8h.1M9.6 6.8h.1M5 9.6h6" />
  </Drawn>
);

export const Pause = (): VNode => (
  <Drawn>
    <path d="M5.6 3.6v8.8M10.4 3.6v8.8" />
  </Drawn>
);

export const Play = (): VNode => (
  <Drawn>
    <path d="M5 3.4l7 4.6-7 4.6z" />
  </Drawn>
);

/** What goes from one place to two. */
export const Flow = (): VNode => (
  <Drawn>
    <path d="M2.5 8h4M6.5 8c2 0 2-4 4-4h3M6.5 8c2 0 2 4 4 4h3" />
  </Drawn>
);

/** Two pans: rules are weighed. */
export const Scales = (): VNode => (
  <Drawn>
    <path d="M8 2.6v10.8M5 13.4h6M3.4 4.4h9.2M3.6 4.6L1.8 9h3.6zM12.4 4.6L10.6 9h3.6z" />
  </Drawn>
);

/** A flask: what is tried, and harms nobody. */
export const Flask = (): VNode => (
  <Drawn>
    <path d="M6.4 2.6v4L3 12.6a.8.8 0 0 0 .7 1.2h8.6a.8.8 0 0 0 .7-1.2L9.6 6.6v-4M5.4 2.6h5.2" />
  </Drawn>
);

export const Books = (): VNode => (
  <Drawn>
    <path d="M3 2.8h2.6v10.4H3zM6.6 2.8h2.6v10.4H6.6zM10.4 3.6l2.4-.6 2 9.6-2.4.6z" />
  </Drawn>
);

/** A pen above its line. */
export const Signed = (): VNode => (
  <Drawn>
    <path d="M2.6 13.6h10.8M4.2 11l.6-2.4 5.7-5.7 1.8 1.8-5.7 5.7z" />
  </Drawn>
);

/** A bell: somebody is told. */
export const Bell = (): VNode => (
  <Drawn>
    <path d="M4 11.2V7a4 4 0 0 1 8 0v4.2l1.4 1.2H2.6zM6.8 14h2.4" />
  </Drawn>
);
