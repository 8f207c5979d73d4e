import {
  businessPanels,
  journeyPanels,
  queuePanels,
  servicePanels,
  type PanelDescription,
} from './dashboard-panels.ts';
type Target = { readonly refId: string; readonly expr: string; readonly legendFormat: string };
type Threshold = { readonly color: string; readonly value: number | null };

type Panel = {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly type: 'timeseries' | 'stat';
  readonly datasource: { readonly type: 'prometheus'; readonly uid: '${datasource}' };
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets: readonly Target[];
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit: string;
      readonly thresholds: { readonly mode: 'absolute'; readonly steps: readonly Threshold[] };
    };
    readonly overrides: readonly never[];
  };
};

const columns = 2;
const size = { w: 12, h: 8 };

function thresholds({ warnAt, failAt }: PanelDescription): Threshold[] {
  return [
    { color: 'green', value: null },
    ...(warnAt === undefined ? [] : [{ color: 'orange', value: warnAt }]),
    ...(failAt === undefined ? [] : [{ color: 'red', value: failAt }]),
  ];
}

function panel(described: PanelDescription, index: number): Panel {
  const { title, description, unit, queries, type = 'timeseries' } = described;
  return {
    id: index + 1,
    title,
    description,
    type,
    datasource: { type: 'prometheus', uid: '${datasource}' },
    gridPos: {
      x: (index % columns) * size.w,
      y: Math.floor(index / columns) * size.h,
      ...size,
    },
    targets: Object.entries(queries).map(([legendFormat, expr], query) => ({
      refId: String.fromCodePoint(65 + query),
      expr,
      legendFormat,
    })),
    fieldConfig: {
      defaults: { unit, thresholds: { mode: 'absolute', steps: thresholds(described) } },
      overrides: [],
    },
  };
}

export type Dashboard = {
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly timezone: 'browser';
  readonly schemaVersion: 39;
  readonly refresh: '30s';
  readonly time: { readonly from: string; readonly to: string };
  readonly templating: { readonly list: readonly object[] };
  readonly panels: readonly Panel[];
};

function dashboard(uid: string, title: string, panels: readonly PanelDescription[]): Dashboard {
  return {
    uid: `maxai-${uid}`,
    title: `MaxAI: ${title}`,
    tags: ['maxai'],
    timezone: 'browser',
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Prometheus' }],
    },
    panels: panels.map(panel),
  };
}

/** What people look at: services, business, queues, and what was promised. */
export function dashboards(): readonly Dashboard[] {
  return [
    dashboard('services', 'services', servicePanels),
    dashboard('business', 'business', businessPanels),
    dashboard('queues', 'queues', queuePanels),
    dashboard('journeys', 'journeys and their error budgets', journeyPanels),
  ];
}
