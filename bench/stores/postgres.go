package stores

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"asbru/bench/postgres"
)

// standInSQL makes a type called vector, over text, and the operator that the extension has
// for the cosine distance.
const standInSQL = `
CREATE DOMAIN vector AS text CHECK (VALUE ~ '^\[[-+.,0-9e]*\]$');
CREATE FUNCTION standin_cosine(a text, b text) RETURNS float8 LANGUAGE sql IMMUTABLE AS
	$$ SELECT 1 - sum(x * y) / sqrt(sum(x * x) * sum(y * y)) FROM unnest(string_to_array(trim(both '[]' from a), ',')::float8[], string_to_array(trim(both '[]' from b), ',')::float8[]) AS t(x, y) $$;
CREATE OPERATOR <=> (LEFTARG = text, RIGHTARG = text, FUNCTION = standin_cosine);`

// Vectors adds vectors to a Postgres: with the extension if it is installed, otherwise with a
// stand-in for it.
func Vectors(t *testing.T, address string) {
	t.Helper()
	version := ask(t, address, "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
	if version == "" {
		t.Log("the extension vector is not installed: a type over text stands in for it (make vectors has the real one)")
		ask(t, address, standInSQL)
		return
	}
	t.Logf("the extension vector, version %s", version)
}

// CountRows returns the number of rows of a table; 0 if it does not exist.
func CountRows(t *testing.T, address, table string) int {
	t.Helper()
	if ask(t, address, fmt.Sprintf("SELECT count(*) FROM pg_tables WHERE tablename = '%s'", table)) == "0" {
		return 0
	}
	n, err := strconv.Atoi(ask(t, address, "SELECT count(*) FROM "+table))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// ask runs a statement.
func ask(t *testing.T, address, what string) string {
	t.Helper()
	c := exec.Command(filepath.Join(postgres.Programs(), "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", what)
	c.Env = append(os.Environ(), "LC_ALL=C")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("cannot run psql: %v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}
