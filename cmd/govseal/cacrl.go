// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto"
	"encoding/pem"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
)

// crlFlags are what "ca crl" is told.
type crlFlags struct {
	renew, emergency  bool
	days, shard       int
	delta, pem        bool
	out, rootKey      string
	root              passphraseFlags
	daysSet, shardSet bool
}

func (p *program) caCRL() *cobra.Command {
	var f crlFlags
	c := &cobra.Command{
		Use:   "crl [CA]",
		Short: "Show, write or re-issue the newest revocation list",
		Long: `crl shows the newest list of an authority (default: issuing), or writes it with -o; --shard and
--delta name its other lists. A CA whose key is here has its lists issued anew at each change and
daily, by itself; the root's lives 12 months and is renewed with the root key at hand: --renew.

Emergency: when a key will not be at hand for a while (the machine is moved, the HSM is being
repaired), issue lists that last: --emergency --days N. While the key is here all the same, lists
go on being issued, with higher numbers, and each lasts as long as the emergency's; verifiers take
the newest. When the emergency is over, --renew goes back to lists of usual length at once. A list
that was once given out stays good until its own end for whoever kept it: choose N no longer than
you need.`,
		Example: `  govseal ca crl -o issuing.crl
  govseal ca crl district-a --shard 3 --delta -o district-a.3.delta.crl
  govseal ca crl root --renew --root-key /media/safe/root.key -o root.crl
  govseal ca crl issuing --emergency --days 30
  govseal ca crl issuing --renew`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id := ca.IssuingID
			if len(args) == 1 {
				id = args[0]
			}
			f.daysSet, f.shardSet = cmd.Flags().Changed("days"), cmd.Flags().Changed("shard")
			if err := f.check(id); err != nil {
				return err
			}
			return p.withCore(cmd.Context(), func(ctx context.Context, c *city, actor string) error {
				return p.crlAct(ctx, c, actor, id, &f)
			})
		},
	}
	fl := c.Flags()
	fl.BoolVar(&f.renew, "renew", false, "issue anew, with the usual length; ends an emergency")
	fl.BoolVar(&f.emergency, "emergency", false, "issue lists that last for --days")
	fl.IntVar(&f.days, "days", 0, "how long emergency lists last, 1 to 731 days")
	fl.IntVar(&f.shard, "shard", 0, "a shard's list instead of the complete one")
	fl.BoolVar(&f.delta, "delta", false, "the delta list")
	fl.BoolVar(&f.pem, "pem", false, "PEM instead of DER")
	fl.StringVarP(&f.out, "out", "o", "", "write the list to a new file")
	fl.StringVar(&f.rootKey, "root-key", "", "file of the root key (default root.key in DIR/root)")
	f.root.register(fl, "root-", "root key", "GOVSEAL_ROOT_PASSPHRASE_FILE")
	return p.approvable(c)
}

// check refuses what contradicts itself.
func (f *crlFlags) check(id string) error {
	switch {
	case f.renew && f.emergency:
		return usagef("--renew ends an emergency, --emergency begins one: say one of them")
	case f.emergency && !f.daysSet:
		return usagef("how long will the key be away? Say --days N; no longer than needed")
	case f.daysSet && !f.emergency:
		return usagef("--days goes with --emergency; the usual life of lists is crl.life in %s", configFile)
	case f.emergency && (f.days < 1 || f.days > 731):
		return usagef("--days %d is not between 1 and 731", f.days)
	case f.shardSet && f.shard < 1:
		return usagef("shards are numbered from 1; without --shard it is the complete list")
	case f.rootKey != "" && id != ca.RootID:
		return usagef("--root-key is for the root's list; other CAs without a key here have their lists from a ceremony")
	}
	return nil
}

// crlAct shows a list, of a CA that issues it anew before where that was asked.
func (p *program) crlAct(ctx context.Context, c *city, actor, id string, f *crlFlags) error {
	if !f.renew && !f.emergency {
		return p.crl(ctx, c, id, f)
	}
	about := map[string]string{"ca": id}
	if f.emergency {
		about["days"] = strconv.Itoa(f.days)
	}
	return p.withApproval(ctx, c, actCRL, about, func() error {
		if err := p.reissue(ctx, c, actor, id, f); err != nil {
			return err
		}
		return p.crl(ctx, c, id, f)
	})
}

// crl shows or writes one list.
func (p *program) crl(ctx context.Context, c *city, id string, f *crlFlags) error {
	list, err := c.ca.List(ctx, ca.ListID{CA: id, Shard: f.shard, Delta: f.delta})
	if errors.Is(err, ca.ErrNotFound) {
		return usagef("%v; \"govseal ca show\" lists the authorities, crl.shards and crl.deltas in %s say which lists they have", err, configFile)
	}
	if err != nil {
		return err
	}
	if f.out != "" || f.pem {
		data := list.DER
		if f.pem {
			data = pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: list.DER})
		}
		return p.write(f.out, data, !f.pem)
	}
	fields := []field{
		{"CA", list.CA}, {"list", list.ID().Name()}, {"number", itoa(list.Number)}, {"this update", when(list.ThisUpdate)}, {"next update", when(list.NextUpdate)},
	}
	if list.Base > 0 {
		fields = append(fields, field{"delta to", itoa(list.Base) + " and later"})
	}
	return p.printFields(struct {
		CA    string `json:"ca"`
		List  string `json:"list"`
		Shard int    `json:"shard,omitempty"`
		Base  int64  `json:"base,omitempty"`
		crlView
	}{list.CA, list.ID().Name(), list.Shard, list.Base, viewCRL(list)}, fields)
}

// reissue makes new lists: with the root key for the root's, with the keys here
// for the others.
func (p *program) reissue(ctx context.Context, c *city, actor, id string, f *crlFlags) error {
	if id == ca.RootID {
		signer, err := p.rootSigner(c, f.rootKey, &f.root)
		if err != nil {
			return err
		}
		_, err = c.ca.IssueOfflineCRL(ctx, actor, id, signer, f.days)
		return err
	}
	if f.emergency {
		return c.ca.EmergencyLists(ctx, actor, id, f.days)
	}
	return c.ca.RenewLists(ctx, actor, id)
}

// rootSigner brings the root key in, for this one act.
func (p *program) rootSigner(c *city, path string, flags *passphraseFlags) (crypto.Signer, error) {
	passphrase, err := flags.read(p, false)
	if err != nil {
		return nil, err
	}
	defer clear(passphrase)
	return c.openRoot(path, passphrase)
}
