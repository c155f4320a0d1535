// SPDX-License-Identifier: Apache-2.0

// Package fetch asks other services over HTTP, within bounds, and returns the
// octets they answer; it decides nothing. It goes to addresses that the
// operator wrote into the configuration and nowhere else: never to one that a
// document, a certificate or a redirect to another host names.
package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"
)

// Bounds of one exchange.
const (
	DefaultTimeout = 5 * time.Second
	DefaultLimit   = 1 << 20 // octets of an answer
	maxRedirects   = 3
	maxHeader      = 16 << 10
)

// ErrNotAllowed: the address is not one of the configured ones.
var ErrNotAllowed = errors.New("fetch: the address is not configured")

// Client asks the addresses it was made for. It is safe for concurrent use.
type Client struct {
	allowed []string
	limit   int64
	http    *http.Client
}

// Config of a Client; zero Timeout and Limit take the defaults.
type Config struct {
	URLs    []string
	Timeout time.Duration // for one exchange, answer included
	Limit   int64         // octets of an answer
}

// New checks the addresses: http or https with a host, and no login in them.
// Private addresses are allowed, since an authority of the same administration
// is reached there; link-local ones, where clouds keep their secrets, are not.
func New(c Config) (*Client, error) {
	for _, u := range c.URLs {
		if err := checkURL(u); err != nil {
			return nil, err
		}
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Limit <= 0 {
		c.Limit = DefaultLimit
	}
	dialer := &net.Dialer{Timeout: c.Timeout, Control: refuseLinkLocal}
	return &Client{
		allowed: slices.Clone(c.URLs), limit: c.Limit,
		http: &http.Client{
			Timeout:       c.Timeout,
			CheckRedirect: sameHost,
			Transport: &http.Transport{
				Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, DisableCompression: true,
				TLSHandshakeTimeout: c.Timeout, ResponseHeaderTimeout: c.Timeout, MaxResponseHeaderBytes: maxHeader,
				MaxConnsPerHost: 16, IdleConnTimeout: time.Minute,
			},
		},
	}, nil
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Fragment != "" {
		return fmt.Errorf("fetch: %q is no http or https address", text)
	}
	if u.User != nil {
		return errors.New("fetch: a login does not belong into an address")
	}
	return nil
}

// sameHost follows a redirect only within scheme, host and port.
func sameHost(to *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects || to.URL.Scheme != via[0].URL.Scheme || to.URL.Host != via[0].URL.Host {
		return errors.New("a redirect to another host, or too many")
	}
	return nil
}

// refuseLinkLocal looks at the address that is really dialled, after the name
// was resolved.
func refuseLinkLocal(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if ip := at.Addr().Unmap(); ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
		return errors.New("a link-local or multicast address")
	}
	return nil
}

// Post sends body and returns the answer, which must have status 200 and the
// media type accept. Errors name no octet of the answer.
func (c *Client) Post(ctx context.Context, address, contentType, accept string, body []byte) ([]byte, error) {
	if !slices.Contains(c.allowed, address) {
		return nil, ErrNotAllowed
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", accept)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch: status %d", resp.StatusCode)
	}
	if got, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err != nil || got != accept {
		return nil, fmt.Errorf("fetch: the answer is no %s", accept)
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, c.limit+1))
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	if int64(len(answer)) > c.limit {
		return nil, fmt.Errorf("fetch: the answer is longer than %d octets", c.limit)
	}
	return answer, nil
}
