import type pg from "pg";

/**
 * The connection with a queue for its statements: one that is asked for while another is under way has its
 * turn after it. `pg` would keep such a queue itself until its version 9.
 */
export function inTurn<Client extends pg.ClientBase>(client: Client): Client {
  let last: Promise<unknown> = Promise.resolve();
  const query = (config: pg.QueryConfig): Promise<pg.QueryResult> => {
    const result = last.then(() => client.query(config));
    last = result.catch(() => {});
    return result;
  };
  return Object.create(client, { query: { value: query } });
}
