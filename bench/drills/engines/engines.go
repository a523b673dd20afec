// Package engines has a drill done on every engine there is.
package engines

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/connectplaza/plaza/internal/store"
)

// Each does the drill of a name at the address of a new SQLite file, and then at that
// of the PostgreSQL server that TEST_POSTGRES_URL names; without one, it says so.
// ENGINE=postgres, or sqlite, has it done on that one only.
func Each(out io.Writer, name string, drill func(address string) error) error {
	dir, err := os.MkdirTemp("", "plaza-drill-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	addresses := []string{filepath.Join(dir, "plaza.db")}
	if server := os.Getenv("TEST_POSTGRES_URL"); server != "" {
		addresses = append(addresses, server)
	} else {
		fmt.Fprintf(out, "no PostgreSQL: run scripts/postgres go run ./bench/drills/%s for both engines\n", name)
	}
	for _, address := range addresses {
		if only := os.Getenv("ENGINE"); only != "" && only != Name(address) {
			continue
		}
		if err := drill(address); err != nil {
			return err
		}
	}
	return nil
}

// Name returns what the engine at an address is called.
func Name(address string) string {
	if store.IsPostgres(address) {
		return "postgres"
	}
	return "sqlite"
}
