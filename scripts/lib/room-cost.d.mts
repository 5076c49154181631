export interface RoomCost {
  readonly room: string;
  /** How many files. */
  readonly total: number;
  /** And of which room. */
  readonly files: Readonly<Record<string, number>>;
  readonly packages: readonly string[];
}
export function roomCosts(rooms: readonly string[]): Promise<RoomCost[]>;
export function measured(room: string): Promise<{ ms: number; mb: number }>;
