/** The shapes the API speaks (assistant/answers/reply.py) and the widget keeps. Never sent to a browser. */

export interface Text {
  language: string;
  value: string;
  state?: string;
}

export interface Link {
  label: Text;
  href: string;
  note?: Text | null;
}

export interface Choice {
  id: string;
  label: Text;
}

export interface Hours {
  label: Text;
  lines: Text[];
  state: "open" | "closed" | "unknown";
  state_text: Text | null;
  note?: Text | null;
}

export interface Paragraph {
  type: "text";
  text: Text;
  role: string;
  heading: Text | null;
}
export interface Items {
  type: "steps" | "documents" | "list";
  heading: Text;
  items: Text[];
}
export interface Facts {
  type: "facts";
  heading: Text;
  facts: { label: Text; value: Text; note?: Text | null }[];
}
export interface Contact {
  type: "contact";
  entry: string;
  name: Text;
  purpose: Text | null;
  phones: Link[];
  emails: Link[];
  website: Link | null;
  address: Text[];
  map: Link | null;
  hours: Hours[];
  notes: Text[];
  distance: Text | null;
}
export interface GermanPhrases {
  type: "german_phrases";
  heading: Text;
  phrases: Text[];
}
export interface Notice {
  type: "notice";
  text: Text;
  kind: string;
}
export interface Sources {
  type: "sources";
  heading: Text;
  sources: Link[];
  assured: Text;
}
export interface Links {
  type: "links";
  heading: Text;
  links: Link[];
}
export interface Card {
  type: "card";
  heading: Text;
  sentence: Text;
  lines: Text[];
  meaning: Text;
}
export interface Draft {
  type: "draft";
  heading: Text;
  text: Text;
  meaning: Text;
}
export interface Share {
  type: "share";
  heading: Text;
  href: string;
  qr: string;
}
export type Block =
  | Paragraph | Items | Facts | Contact | GermanPhrases | Notice | Sources | Links | Card | Draft | Share;

export interface Reply {
  language: string;
  direction: string;
  decision: string;
  entry: string | null;
  blocks: Block[];
  choices: Choice[];
  tools?: Choice[];
  station?: string | null;
}

/** What POST /api/v1/ask answers. */
export interface Answer extends Reply {
  conversation: string;
  state?: string;
  chosen?: string | null;
}

/** One message of the person and what came back. */
export interface Turn {
  /** Id of the message: the server answers each id once. */
  id: string;
  text?: string;
  choice?: string;
  /** What the pressed button said. */
  label?: Text;
  /** The page life that may send it. */
  life: string;
  refused?: boolean;
  reply?: Reply;
}

export type Texts = Record<string, string>;

/** What GET /api/v1/texts answers. */
export interface Own {
  language: string;
  direction: string;
  texts: Texts;
  greeting: Reply;
}

export interface Language {
  tag: string;
  name: string;
  direction: string;
}

/** What a tab keeps, and nothing else does. */
export interface Kept {
  turns: Turn[];
  /** Documents ticked off, by entry. */
  ticks: Record<string, number[]>;
  conversation?: string;
  state?: string;
  /** The language the person chose. */
  chosen?: string;
  open?: boolean;
  /** The deep link that was followed. */
  link?: string;
  own?: Own;
  languages?: Language[];
  /** The page went away: whoever reads this next sends what waits. */
  released?: boolean;
}

/** What blocks can do beside being read. */
export interface Deeds {
  host: string;
  say: Texts;
  /** One of the widget's own sentences, with its language. */
  own(key: string): Text;
  ticks(entry: string): number[];
  tick(entry: string, ticked: number[]): void;
  report(body: object): void;
  enlarge(heading: Text, lines: Text[], meaning?: Text): void;
  tell(text: string): void;
}

/** The element on the host page, made by the launcher. */
export interface Home extends HTMLElement {
  readonly host: string;
  readonly key: string;
  readonly color: string;
  readonly left: boolean;
  readonly wish: string;
  readonly launcher: HTMLButtonElement;
  readonly badge: HTMLElement;
  readonly shadowRoot: ShadowRoot;
}
