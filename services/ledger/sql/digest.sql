-- The digest of an entry: it covers the entry, its lines and the digest before it, so that a changed entry breaks the
-- chain. services/ledger/archived.py reckons the same from rows that were kept of an agency that has left.
CREATE FUNCTION ledger_digest(
    _before text, _number bigint, _ref text, _key text, _kind text, _on date, _at timestamptz, _by text, _source text,
    _words text, _reverses bigint, _accounts bigint[], _amounts numeric[], _balances numeric[], _versions bigint[]
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(_before || jsonb_build_array(
        _number, _ref, _key, _kind, to_char(_on, 'YYYY-MM-DD'), extract(epoch FROM _at), _by, _source, _words,
        _reverses, _accounts, _amounts, _balances, _versions)::text, 'UTF8')), 'hex')
$$;
