package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"asbru/control/cli"
	"asbru/control/lease"
	"asbru/control/objects"
	"asbru/core/config"
)

// budgetsCommand is the command that shows budgets shared by several machines.
func budgetsCommand(t cli.Tools) cli.Command {
	return cli.Command{
		Name:    "budgets",
		Summary: "show budgets that machines share, and reclaim what a lost machine holds of them",
		Usage:   "list --config FILE | give-back --config FILE MACHINE",
		Help: "Machines that share a store in Postgres spend from the same budgets: each machine is granted slices of them. list prints what every machine has been granted and has spent.\n" +
			"give-back is for a machine that is lost and will not return soon. It frees, for the others, what that machine was granted and has not reported as spent. What the machine spent after its last report can then be spent twice. A machine that is alive is refused. A gateway writes that into its audit trail.",
		Example: t.App.Name + " budgets list --config asbru.yaml\n" + t.App.Name + " budgets give-back --config asbru.yaml 0123456789abcdef0123456789abcdef",
		Words:   []string{"list", "give-back"},
		New: func(fs *flag.FlagSet) cli.Run {
			file := fs.String("config", "", "configuration `file` that names the store")
			return func(args []string, stdout, stderr io.Writer) int {
				var err error
				switch {
				case *file == "":
					return t.App.Wrong(stderr, "budgets", "needs --config, the configuration file")
				case len(args) == 1 && args[0] == "list":
					err = listLeases(*file, t.Env, stdout)
				case len(args) == 2 && args[0] == "give-back":
					err = giveBack(*file, t.Env, args[1], stdout)
				default:
					return t.App.Wrong(stderr, "budgets", "needs list, or give-back and a machine")
				}
				if err != nil {
					fmt.Fprintf(stderr, "%s budgets: %v\n", t.App.Name, err)
					return cli.Problem
				}
				return cli.OK
			}
		},
	}
}

// leaseStore is the address of the Postgres that a configuration file names for shared budgets.
func leaseStore(path string, env config.Env) (string, error) {
	doc, err := readDocument(path, env)
	if err != nil {
		return "", err
	}
	if doc.Store == nil || !doc.Store.Postgres.Set() {
		return "", errors.New(path + " names no Postgres; hint: budgets are shared through store: {postgres: ...}")
	}
	return doc.Store.Postgres.Reveal(), nil
}

func listLeases(path string, env config.Env, w io.Writer) error {
	address, err := leaseStore(path, env)
	if err != nil {
		return err
	}
	rows, err := lease.List(context.Background(), address)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "budget\twindow began\tmachine\thost\tgranted\tspent\tseen")
	for _, r := range rows {
		seen := "now"
		if !r.Live {
			seen = "not for " + r.Seen.Round(time.Second).String()
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%v\t%v\t%s\n", r.Budget, r.Begun.Format(time.RFC3339), r.Machine, r.Host, r.Granted, r.Spent, seen)
	}
	return t.Flush()
}

func giveBack(path string, env config.Env, machine string, w io.Writer) error {
	address, err := leaseStore(path, env)
	if err != nil {
		return err
	}
	freed, err := lease.GiveBack(context.Background(), address, machine)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%v is free for the other machines\n", freed)
	b := objects.New(objects.Options{Postgres: address})
	err = b.Tell(context.Background(), deed("give-back", "budgets/"+machine, fmt.Sprintf("%v freed", freed)))
	if err = errors.Join(err, b.Close()); err != nil {
		err = fmt.Errorf("that cannot be told to the audit trail: %w", err)
	}
	return err
}
