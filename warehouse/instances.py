# ruff: noqa: S608 - only our own column names are put into SQL, values are parameters
"""The ids of instances: given by the source, found again by date and place, or minted once.

An id follows its run from night to night: first by the source's ref; then, among the others of the same offer, by
equal dates, times and place, then by first day and place; and if exactly one vanished while exactly one is new, the run
was moved. Only what is left gets a new id.
"""

from duckdb import DuckDBPyConnection

from warehouse.columns import INSTANCE, instance_values, names, packed, struct_type

# What makes two runs of an offer the same run on another night: first day and place (the room and the end often change
# later on), and more surely the times as well.
_PLACE_KEY = """to_json(["start", open_start::VARCHAR, place ->> '$.venue', place ->> '$.street',
    place ->> '$.postcode', place ->> '$.city', place ->> '$.online'])::VARCHAR"""
_EXACT_KEY = f"""{_PLACE_KEY} || to_json(["end", start_time, end_time])::VARCHAR"""
_KEYS = f"{_PLACE_KEY} AS place_key, {_EXACT_KEY} AS exact_key"


def load_instances(con: DuckDBPyConnection, run_id: str) -> None:
    """Give every instance of the offers in `tonight` its id, there and in the table `instances`."""
    _list(con)
    _take_refs(con)
    _recognise(con)
    _mint(con)
    _write(con, run_id)
    for table in ("listed", "known"):
        con.execute(f"DROP TABLE temp.{table}")


def _list(con: DuckDBPyConnection) -> None:
    """One row per instance of tonight (`listed`) and per instance that tonight's offers ever had (`known`)."""
    con.execute(
        f"""
        CREATE TEMP TABLE listed AS
        SELECT *, NULL::VARCHAR AS instance_id, NULL::VARCHAR AS minted_from, {_KEYS}
        FROM (SELECT offer_id, position, {instance_values("item")}
              FROM (SELECT offer_id, unnest(items) AS item, generate_subscripts(items, 1) AS position
                    FROM (SELECT offer_id, from_json(instances, $structure) AS items FROM tonight)))
        """,
        {"structure": struct_type(INSTANCE)},
    )
    con.execute(
        f"CREATE TEMP TABLE known AS SELECT *, {_KEYS} FROM instances WHERE offer_id IN (SELECT offer_id FROM tonight)"
    )


def _take_refs(con: DuckDBPyConnection) -> None:
    """The source's own id wins; where a ref repeats within the offer, the first has it and the others are an issue."""
    con.execute(
        """
        CREATE TEMP TABLE repeats AS
        SELECT offer_id, position, ref FROM listed WHERE ref <> ''
        QUALIFY row_number() OVER (PARTITION BY offer_id, ref ORDER BY position) > 1
        """
    )
    con.execute(
        """
        UPDATE tonight SET issues = to_json(list_concat(from_json(tonight.issues, '["JSON"]'), more.issues))
        FROM (SELECT offer_id, list({field: 'instances[' || (position - 1) || '].ref', raw: ref,
                                     reason: 'the ref repeats within the offer'}::JSON ORDER BY position) AS issues
              FROM repeats GROUP BY offer_id) more
        WHERE tonight.offer_id = more.offer_id
        """
    )
    con.execute(
        """
        UPDATE listed SET instance_id = offer_id || '#' || ref
        WHERE ref <> ''
          AND NOT EXISTS (SELECT 1 FROM repeats
                          WHERE repeats.offer_id = listed.offer_id AND repeats.position = listed.position)
          AND NOT EXISTS (SELECT 1 FROM instances other
                          WHERE other.instance_id = listed.offer_id || '#' || listed.ref
                            AND other.offer_id <> listed.offer_id)
        """
    )
    con.execute("DROP TABLE temp.repeats")
    # Two offers whose refs contain "#" can spell the same id: only the first keeps it.
    con.execute(
        """
        UPDATE listed SET instance_id = NULL
        WHERE EXISTS (SELECT 1 FROM listed twin
                      WHERE twin.instance_id = listed.instance_id AND twin.offer_id < listed.offer_id)
        """
    )


def _recognise(con: DuckDBPyConnection) -> None:
    """Give known ids to what has none yet, from the surest sign to the weakest."""
    for key in ("exact_key", "place_key"):
        con.execute(
            f"""
            UPDATE listed SET instance_id = pair.instance_id
            FROM (SELECT n.offer_id, n.position, o.instance_id
                  FROM (SELECT *, row_number() OVER (PARTITION BY offer_id, {key} ORDER BY exact_key, position) AS nth
                        FROM listed WHERE instance_id IS NULL) n
                  JOIN (SELECT *, row_number() OVER (PARTITION BY offer_id, {key}
                                                     ORDER BY status, exact_key, position, instance_id) AS nth
                        FROM known ANTI JOIN listed USING (instance_id)) o
                  USING (offer_id, {key}, nth)) pair
            WHERE listed.offer_id = pair.offer_id AND listed.position = pair.position
            """
        )
    con.execute(
        """
        UPDATE listed SET instance_id = moved.instance_id
        FROM (SELECT offer_id, any_value(o.instance_id) AS instance_id
              FROM (SELECT offer_id FROM listed WHERE instance_id IS NULL GROUP BY offer_id HAVING count(*) = 1) n
              JOIN (SELECT * FROM known ANTI JOIN listed USING (instance_id)) o USING (offer_id)
              WHERE o.status = 'active'
              GROUP BY offer_id HAVING count(*) = 1) moved
        WHERE listed.offer_id = moved.offer_id AND listed.instance_id IS NULL
        """
    )


def _mint(con: DuckDBPyConnection) -> None:
    """A new id from date and place, numbered where the offer had runs of the same date and place before.

    A source could publish a ref that looks like a minted id; the number is raised until the id is free.
    """
    con.execute("UPDATE listed SET minted_from = place_key WHERE instance_id IS NULL")
    con.execute(
        """
        CREATE TEMP TABLE minting AS
        SELECT offer_id, position, minted_from,
               row_number() OVER (PARTITION BY offer_id, minted_from ORDER BY exact_key, position)
               + (SELECT count(*) FROM known
                  WHERE known.offer_id = listed.offer_id AND known.minted_from = listed.minted_from) AS number,
               NULL::VARCHAR AS instance_id
        FROM listed WHERE minted_from IS NOT NULL
        """
    )
    taken = 1
    while taken:
        con.execute(
            "UPDATE minting SET instance_id = offer_id || '#' || left(sha256(minted_from || '|' || number), 10)"
        )
        (row,) = con.execute(
            """
            UPDATE minting SET number = number + 1000
            WHERE instance_id IN (SELECT instance_id FROM known UNION ALL
                                  SELECT instance_id FROM listed WHERE instance_id IS NOT NULL)
               OR EXISTS (SELECT 1 FROM minting twin WHERE twin.instance_id = minting.instance_id
                          AND (twin.offer_id, twin.position) < (minting.offer_id, minting.position))
            """
        ).fetchall()
        taken = row[0]
    con.execute(
        "UPDATE listed SET instance_id = m.instance_id FROM minting m "
        "WHERE listed.offer_id = m.offer_id AND listed.position = m.position"
    )
    con.execute("DROP TABLE temp.minting")


def _write(con: DuckDBPyConnection, run_id: str) -> None:
    """Replace the rows of tonight's instances, mark what is listed no more, and put the ids into the offers."""
    con.execute(
        "UPDATE instances SET status = 'withdrawn' "
        "WHERE status = 'active' AND offer_id IN (SELECT offer_id FROM tonight)"
    )
    con.execute("DELETE FROM instances WHERE instance_id IN (SELECT instance_id FROM listed)")
    con.execute(
        f"""
        INSERT INTO instances (offer_id, position, {names(INSTANCE)}, status, first_seen, last_seen, minted_from)
        SELECT l.offer_id, l.position, {names(INSTANCE, "l.")}, 'active',
               coalesce(k.first_seen, $run_id), $run_id, coalesce(k.minted_from, l.minted_from)
        FROM listed l LEFT JOIN known k USING (instance_id)
        """,
        {"run_id": run_id},
    )
    con.execute(
        f"""
        UPDATE tonight SET instances = numbered.instances
        FROM (SELECT offer_id, to_json(list({packed(INSTANCE)} ORDER BY position)) AS instances
              FROM listed GROUP BY offer_id) numbered
        WHERE tonight.offer_id = numbered.offer_id
        """
    )
