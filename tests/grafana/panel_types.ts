// What a dashboard of ours may consist of: @grafana/schema's types, but with each panel's own options and fields in
// place of its generic ones, which allow any key.  The types of targets are those of the two plugins.
import type * as raw from '@grafana/schema/dist/types/raw/dashboard/x/types.gen';
import type * as stat from '@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen';
import type * as table from '@grafana/schema/dist/types/raw/composable/table/panelcfg/x/types.gen';
import type * as timeseries from '@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen';

// A type with the values of its enumerations, as they are in JSON.
type Plain<T> =
  T extends string ? `${T}` :
  T extends number ? (`${T}` extends `${infer N extends number}` ? N : number) :
  T extends (infer U)[] ? Plain<U>[] :
  T extends object ? { [K in keyof T]: Plain<T[K]> } :
  T;

type Properties<T, Prefix extends string> = {
  [K in keyof T & string]-?: { id: `${Prefix}${K}`; value: NonNullable<T[K]> };
}[keyof T & string];

type Fields<Custom> = {
  defaults: Omit<raw.FieldConfig, 'custom' | 'links'> & { custom?: Custom };
  overrides: {
    matcher: { id: 'byName'; options: string };
    properties: (Properties<Omit<raw.FieldConfig, 'custom' | 'links'>, ''> | Properties<Custom, 'custom.'>)[];
  }[];
};

type PartitionByValues = {
  id: 'partitionByValues';
  options: { fields: string[]; keepFields: boolean; naming: { asLabels: boolean } };
};

type PanelOf<Type extends string, Options, Custom, Target> =
  Omit<raw.Panel, 'type' | 'options' | 'fieldConfig' | 'targets' | 'transformations' | 'datasource'> & {
    type: Type;
    options: Options;
    fieldConfig: Fields<Custom>;
    targets: Target[];
    transformations?: PartitionByValues[];
    datasource: Required<raw.DataSourceRef>;
  };

type Board<Target> = Omit<raw.Dashboard, 'panels' | 'snapshot'> & {
  panels: (
    | PanelOf<'stat', stat.Options, {}, Target>
    | PanelOf<'table', table.Options, table.FieldConfig, Target>
    | PanelOf<'timeseries', timeseries.Options, timeseries.FieldConfig, Target>
  )[];
};

type Query = { refId: string; datasource: Required<raw.DataSourceRef> };
export type Sqlite = Plain<Board<Query & {
  queryText: string; rawQueryText: string; queryType: 'table' | 'time series'; timeColumns: string[];
}>>;
export type Postgresql = Plain<Board<Query & {
  rawSql: string; format: 'table' | 'time_series'; rawQuery: true; editorMode: 'code' | 'builder';
}>>;
