// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/seal"
)

// story is one run of the demonstration: a city made in a folder, served on
// loopback, and used through its own API as an approval system would.
type story struct {
	p    *program
	dir  string
	out  string // dir/out
	city *city
	base string // address of the service
	step int

	bureau, market department // 审批局, 市场监管局
	token          string
	client         *client
	decision       string      // id
	evidence       []byte      // of the decision's OFD
	firstStamp     string      // id, of the decision
	permitStamp    seal.Answer // of the PDF
	officerCert    string      // serial
}

const demoActor = "operator:demo"

func (p *program) demoCommand() *cobra.Command {
	var listen string
	var noServe bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "The whole story, end to end, on a fictional city; then serve it",
		Long: `demo makes a fictional city in a fresh folder: keys, root and issuing CA, two departments, an
officer, a seal maker, two seals. Both departments stamp a decision, a PDF and a digest are
stamped, everything is verified, every forgery is caught. Then the service stays up so that one
can go on by hand, until Ctrl-C.

Everything it makes is in --dir; nothing else is touched. It exits 0 only if every true document
verified valid with the root as the only anchor, and every tampered twin invalid.`,
		Example: "  govseal demo\n  govseal demo --no-serve --dir /tmp/city",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.demo(cmd.Context(), listen, noServe)
		},
	}
	c.Flags().StringVar(&listen, "listen", defaultListen, "address to serve on")
	c.Flags().BoolVar(&noServe, "no-serve", false, "tell the story and end")
	return c
}

// demo tells the story in order.
func (p *program) demo(ctx context.Context, listen string, noServe bool) (err error) {
	start := time.Now()
	s := &story{p: p}
	if s.dir, err = demoFolder(p.dir); err != nil {
		return err
	}
	s.out = filepath.Join(s.dir, "out")
	ln, err := demoListener(listen, noServe)
	if err != nil {
		return err
	}
	s.base = "http://" + ln.Addr().String()
	defer func() {
		if s.city != nil {
			err = errors.Join(err, s.city.Close())
		}
	}()
	if err := s.found(ctx); err != nil {
		return errors.Join(err, ln.Close())
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served, err := s.serve(ctx, ln)
	if err != nil {
		return err
	}
	if err := s.tell(ctx); err != nil {
		stop()
		return errors.Join(err, <-served)
	}
	s.say("\nThe story took %.1f s. Everything lies in %s", time.Since(start).Seconds(), s.dir)
	if noServe {
		stop()
		return <-served
	}
	s.goOn()
	return <-served
}

// tell is the story after the founding; each chapter prints what it proves.
func (s *story) tell(ctx context.Context) error {
	for _, chapter := range []func(context.Context) error{
		s.people, s.seals, s.grants, s.jointDecision, s.permit, s.digest, s.twice,
		s.forgeries, s.suspension, s.ledgerChapter, s.insider, s.fourEyes, s.withdrawal,
	} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return nil
}

// demoFolder returns dir, or a fresh folder of the system's.
func demoFolder(dir string) (string, error) {
	if dir == "" {
		return os.MkdirTemp("", "govseal-demo-")
	}
	return filepath.Abs(dir)
}

// demoListener takes the address asked for, or any free port of loopback when
// it is taken or nobody will come.
func demoListener(listen string, noServe bool) (net.Listener, error) {
	if err := (ServeConfig{Listen: listen}).safe(); err != nil {
		return nil, err
	}
	if !noServe {
		if ln, err := net.Listen("tcp", listen); err == nil {
			return ln, nil
		}
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

// found makes the city. Its passphrases are random and lie beside it.
func (s *story) found(ctx context.Context) error {
	s.say("govseal: a city gets its trust service\n")
	s.chapter("Self-test", "the machine computes SM2, SM3 and SM4 as the standards' examples say")
	if err := gm.SelfTest(); err != nil {
		return err
	}
	s.done("known answers, and the signature that older libraries reject")

	s.chapter("Keys and authorities", "the root key has a file and a passphrase of its own; the city's keys are wrapped in the database")
	f := founding{
		dir: s.dir, actor: demoActor, passphrase: []byte(rand.Text()), rootPassphrase: []byte(rand.Text()),
		config:   Config{Name: "示例市", URL: s.base, Demo: true, Serve: ServeConfig{Listen: s.base[len("http://"):]}},
		progress: s.done,
	}
	c, err := createCity(ctx, f)
	if err != nil {
		return err
	}
	s.city = c
	if err := os.Mkdir(s.out, 0o755); err != nil {
		return err
	}
	if err := errors.Join(
		writeDurably(filepath.Join(s.dir, "passphrase"), append(f.passphrase, '\n'), 0o600),
		writeDurably(filepath.Join(s.dir, rootFolder, "passphrase"), append(f.rootPassphrase, '\n'), 0o600),
	); err != nil {
		return err
	}
	return s.publish(ctx)
}

// publish leaves the trust anchor and the lists in out/.
func (s *story) publish(ctx context.Context) error {
	files := map[string][]byte{"root.pem": certificatePEM(s.city.ca.Root()), "issuing.pem": certificatePEM(s.city.ca.Issuing())}
	for _, name := range []string{"root", "issuing"} {
		list, err := s.city.ca.CRL(ctx, name)
		if err != nil {
			return err
		}
		files[name+".crl"] = list.DER
	}
	for name, content := range files {
		if err := s.keep(name, content); err != nil {
			return err
		}
	}
	return nil
}

// serve starts the city's own service; the channel yields its end.
func (s *story) serve(ctx context.Context, ln net.Listener) (<-chan error, error) {
	server, err := s.city.server()
	if err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	done := make(chan error, 1)
	go func() { done <- api.Serve(ctx, ln, server.Handler()) }()
	return done, nil
}

func (s *story) keep(name string, content []byte) error {
	return os.WriteFile(filepath.Join(s.out, name), content, 0o644)
}

func (s *story) say(format string, args ...any) { fmt.Fprintf(s.p.out, format+"\n", args...) }

func (s *story) chapter(title, proves string) {
	s.step++
	s.say("%2d. %s\n    proves: %s", s.step, title, proves)
}

func (s *story) done(format string, args ...any) { s.say("    ✓ "+format, args...) }
