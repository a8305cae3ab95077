package main

import (
	"context"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"time"

	"asbru/control/cli"
	"asbru/control/trail"
)

// auditCommand is the command that checks and hands out the audit trail.
func auditCommand(app *cli.App) cli.Command {
	return cli.Command{
		Name:    "audit",
		Summary: "verify and export the trail of who asked and changed what",
		Usage:   "verify --key PUBLIC [flags] TRAIL | export [--trail ID] TRAIL | rotate KEY",
		Help: "TRAIL is the trail's directory, a file of exported records, a directory of such files (objects of a bucket), an SQLite database or a postgres:// address.\n" +
			"verify checks that no record was changed, left out or moved. It needs nothing but the public key, which stands as audit.pub in the trail's directory: keep a copy elsewhere. What it cannot know is how far the trail should reach: --least takes the number of a record that was there before, --fresh the age that the last signed record may have.\n" +
			"Any public key that signed in the trail will do: each key vouches for the one behind it. After a theft of a private key name one that came later.\n" +
			"export prints the records, one JSON object a line, as they were written: verify takes what it prints.\n" +
			"rotate makes another key beside the private one in KEY (audit.key in the trail's directory), and prints its public key; the gateway takes it within seconds, or at its next start. Run it as the gateway's user.\n" +
			"Nothing else is changed, and a gateway may be running. The exit code is 0 when all is well, 1 when something is not.",
		Example: app.Name + " audit verify --key audit.pub /var/lib/asbru/asbru-audit\n" +
			app.Name + " audit verify --key audit.pub --fresh 2h --least 120000 /var/lib/asbru/asbru-audit/audit.db\n" +
			app.Name + " audit export /var/lib/asbru/asbru-audit/audit.db > records.jsonl",
		Words: []string{"verify", "export", "rotate"},
		For: map[string][]string{
			"key": {"verify"}, "trail": {"verify", "export"}, "least": {"verify"}, "fresh": {"verify"},
		},
		New: func(fs *flag.FlagSet) cli.Run {
			c := trail.Check{Now: time.Now()}
			fs.StringVar(&c.Key, "key", "", "`file` of the public key; verify needs it")
			fs.StringVar(&c.Trail, "trail", "", "`id` of the trail, when a database has several")
			fs.Uint64Var(&c.Least, "least", 0, "`number` of a record that must be there and signed")
			fs.DurationVar(&c.Fresh, "fresh", 0, "`age` that the last signed record has at most")
			return func(args []string, stdout, stderr io.Writer) int {
				switch {
				case len(args) != 2 || args[0] != "verify" && args[0] != "export" && args[0] != "rotate":
					return app.Wrong(stderr, "audit", "say verify or export, and where the trail is, or rotate, and where its private key is")
				case args[0] == "export":
					return auditDone(app, stderr, trail.Export(context.Background(), args[1], c.Trail, stdout))
				case args[0] == "rotate":
					public, err := trail.NextKey(args[1])
					stdout.Write(public)
					return auditDone(app, stderr, err)
				case c.Key == "":
					return app.Wrong(stderr, "audit", "verify needs --key, the public key")
				}
				return auditVerify(app, args[1], c, stdout, stderr)
			}
		},
	}
}

func auditVerify(app *cli.App, from string, c trail.Check, stdout, stderr io.Writer) int {
	r, err := trail.Verify(context.Background(), from, c)
	if err != nil {
		return auditDone(app, stderr, err)
	}
	fmt.Fprintf(stdout, "trail %s is well: records %d to %d, %d of them calls (%v), %d changes\n",
		hex.EncodeToString(r.Trail[:]), r.First, r.Last, r.Calls, r.Nanos, r.Changes)
	fmt.Fprintf(stdout, "signed up to record %d at %s, sum %s\n", r.Signed, time.Unix(0, r.SignedAt).UTC().Format(time.RFC3339), hex.EncodeToString(r.SignedSum[:]))
	if loose := r.Last - r.Signed; loose > 0 {
		fmt.Fprintf(stdout, "%d records behind it are chained and not signed yet\n", loose)
	}
	if r.First > 1 {
		fmt.Fprintf(stdout, "records before %d are not here: retention removed them, or this is a part\n", r.First)
	}
	if r.Keys > 0 {
		fmt.Fprintf(stdout, "keys: another one took over (%d so far), announced by the one before\n", r.Keys)
	}
	if r.Gaps > 0 {
		fmt.Fprintf(stdout, "%d gaps: parts of the ledger were removed before the trail had them\n", r.Gaps)
	}
	return cli.OK
}

func auditDone(app *cli.App, stderr io.Writer, err error) int {
	if err == nil {
		return cli.OK
	}
	fmt.Fprintf(stderr, "%s audit: %v\n", app.Name, err)
	return cli.Problem
}
