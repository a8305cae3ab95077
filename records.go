package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"asbru/control/cli"
	"asbru/control/objects"
	"asbru/core"
)

// A recordsAsk is one run of the command over the records of objects.
type recordsAsk struct {
	t      cli.Tools
	file   string
	ref    core.ObjectRef
	of     core.Maker
	offset int
}

// objectsCommand is the command that shows who made what at providers, and forgets it.
func objectsCommand(t cli.Tools) cli.Command {
	return cli.Command{
		Name:    "objects",
		Summary: "show what virtual keys made at providers: files, batches, containers",
		Usage:   "list --config FILE | forget --config FILE --provider NAME --kind KIND --id ID",
		Help: "Reads the book in which a gateway records whose the things at providers are, also while it runs. list prints the records that match all flags, the newest first. " +
			"forget removes one: the thing stays at the provider, and is treated as one that nobody recorded (governance.objects.unrecorded). The gateway writes that into its audit trail.",
		Example: t.App.Name + " objects list --config asbru.yaml --key ci\n" + t.App.Name + " objects forget --config asbru.yaml --provider openai --kind files --id file-abc",
		Words:   []string{"list", "forget"},
		New: func(fs *flag.FlagSet) cli.Run {
			a := recordsAsk{t: t}
			fs.StringVar(&a.file, "config", "", "configuration `file` of the gateway")
			fs.StringVar(&a.ref.Provider, "provider", "", "`name` of the provider where it lies")
			fs.StringVar(&a.ref.Kind, "kind", "", "its `kind`: files, batches, containers ...")
			fs.StringVar(&a.ref.ID, "id", "", "its `id`")
			fs.StringVar(&a.of.Key, "key", "", "`name` of the virtual key that made it")
			fs.StringVar(&a.of.Team, "team", "", "`name` of that key's team")
			fs.StringVar(&a.of.Customer, "customer", "", "`name` of that key's customer")
			fs.IntVar(&a.offset, "offset", 0, "how `many` records to pass over")
			return a.run
		},
	}
}

func (a *recordsAsk) run(args []string, stdout, stderr io.Writer) int {
	var do func(context.Context, *objects.Book, io.Writer) error
	switch {
	case a.file == "":
		return a.t.App.Wrong(stderr, "objects", "needs --config, the configuration file")
	case len(args) == 1 && args[0] == "list" && a.offset >= 0:
		do = a.list
	case len(args) == 1 && args[0] == "forget":
		if a.ref.Provider == "" || a.ref.Kind == "" || a.ref.ID == "" || a.of != (core.Maker{}) {
			return a.t.App.Wrong(stderr, "objects", "forget needs --provider, --kind and --id, and no other flags")
		}
		do = a.forget
	default:
		return a.t.App.Wrong(stderr, "objects", "needs list or forget")
	}
	o, err := a.place()
	if err == nil {
		b := objects.New(o)
		err = errors.Join(do(context.Background(), b, stdout), b.Close())
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s objects: %v\n", a.t.App.Name, err)
		return cli.Problem
	}
	return cli.OK
}

// place is where the gateway of the configuration file has its book. A file that is not there is not made: it would
// be another one than the gateway's.
func (a *recordsAsk) place() (o objects.Options, err error) {
	doc, err := readDocument(a.file, a.t.Env)
	if err != nil {
		return o, err
	}
	if doc.Store != nil {
		if err := elsewhere(doc.Store, a.t.Env, serviceState); err != nil {
			return o, err
		}
	}
	switch o = objectsIn(doc, a.t.Env); {
	case o.Postgres != "":
		return o, nil
	case o.Path == "":
		return o, fmt.Errorf("%s keeps these records in memory: ask the gateway itself, or set STATE_DIRECTORY to the service's (%s)", a.file, serviceState)
	}
	if _, err := os.Stat(o.Path); err != nil {
		return o, fmt.Errorf("there are no records in %s: %w; hint: set STATE_DIRECTORY to the service's (%s) if it has them there", o.Path, err, serviceState)
	}
	return o, nil
}

func (a *recordsAsk) list(ctx context.Context, b *objects.Book, w io.Writer) error {
	all, err := b.List(ctx, a.ref, a.of, a.offset)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "provider\tkind\tid\tkey\tteam\tcustomer\tmade\texpires")
	for _, o := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", o.Provider, o.Kind, o.ID, dash(o.Key), dash(o.Team), dash(o.Customer), day(o.Made), day(o.Expires))
	}
	if err := t.Flush(); err != nil || len(all) < objects.MaxListed {
		return err
	}
	_, err = fmt.Fprintf(w, "there may be more: --offset %d goes on\n", a.offset+len(all))
	return err
}

func (a *recordsAsk) forget(ctx context.Context, b *objects.Book, w io.Writer) error {
	was, err := b.GoneBy(ctx, a.ref, deed("delete", "object/"+a.ref.Provider+"/"+a.ref.Kind+"/"+a.ref.ID, ""))
	if err == nil && !was {
		err = fmt.Errorf("there is no record of %q among the %s of %s", a.ref.ID, a.ref.Kind, a.ref.Provider)
	}
	if err == nil {
		fmt.Fprintf(w, "forgotten; %s still lies at %s\n", a.ref.ID, a.ref.Provider)
	}
	return err
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// day shows Unix seconds; 0 is no time.
func day(seconds int64) string {
	if seconds == 0 {
		return "-"
	}
	return time.Unix(seconds, 0).UTC().Format(time.RFC3339)
}
