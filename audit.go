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
			"verify checks that no record was changed, left out or moved. It needs only the public key, which is in audit.pub in the trail's directory; keep a copy elsewhere. It cannot know how far the trail should reach, so tell it: --least is the number of a record that is known to exist, --fresh the greatest age of the last signed record.\n" +
			"After a rotation any public key of the trail will do, because each key signs its successor. If a private key was stolen, use a later one.\n" +
			"export prints the records as they were written, one JSON object a line. verify accepts that output.\n" +
			"rotate makes the successor of the private key in KEY (audit.key in the trail's directory), in a file beside it, and prints its public key. The gateway switches to it within seconds, or at its next start. Run it as the gateway's user.\n" +
			"Nothing else is changed, and a gateway may be running. The exit code is 0 when there is no problem, otherwise 1.",
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
			fs.StringVar(&c.Trail, "trail", "", "`id` of the trail, if a database has several")
			fs.Uint64Var(&c.Least, "least", 0, "`number` of a record that must exist and be signed")
			fs.DurationVar(&c.Fresh, "fresh", 0, "greatest `age` of the last signed record")
			return func(args []string, stdout, stderr io.Writer) int {
				switch {
				case len(args) != 2 || args[0] != "verify" && args[0] != "export" && args[0] != "rotate":
					return app.Wrong(stderr, "audit", "needs verify or export and the trail, or rotate and the private key")
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
	fmt.Fprintf(stdout, "trail %s is intact: records %d to %d, %d of them calls (%v), %d changes\n",
		hex.EncodeToString(r.Trail[:]), r.First, r.Last, r.Calls, r.Nanos, r.Changes)
	fmt.Fprintf(stdout, "signed up to record %d at %s, sum %s\n", r.Signed, time.Unix(0, r.SignedAt).UTC().Format(time.RFC3339), hex.EncodeToString(r.SignedSum[:]))
	if loose := r.Last - r.Signed; loose > 0 {
		fmt.Fprintf(stdout, "%d records after it are chained but not signed yet\n", loose)
	}
	if r.First > 1 {
		fmt.Fprintf(stdout, "records before %d are missing: retention removed them, or this is only a part of the trail\n", r.First)
	}
	if r.Keys > 0 {
		fmt.Fprintf(stdout, "keys: %d rotations, each signed by the previous key\n", r.Keys)
	}
	if r.Gaps > 0 {
		fmt.Fprintf(stdout, "%d gaps: parts of the ledger were removed before the trail had read them\n", r.Gaps)
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
