// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// Tile names a published tile: the hashes of kept level 8*Level, TileWidth to
// a tile; Width is less for a partial one at the right edge.
type Tile struct {
	Level int
	Index uint64
	Width int
}

// maxTileLevel is the last tile level that a tree below 2^63 leaves can have.
const maxTileLevel = 7

// ParseTile reads the path of a tile as public logs spell it: "0/005", or
// "1/x001/x234/067", with ".p/12" for a partial tile of 12 hashes. Every tile
// has one spelling.
func ParseTile(path string) (Tile, error) {
	bad := fmt.Errorf("not a tile's path: %w", ErrNotFound)
	if len(path) > 64 {
		return Tile{}, bad
	}
	level, rest, ok := strings.Cut(path, "/")
	if !ok {
		return Tile{}, bad
	}
	rest, partial, isPartial := strings.Cut(rest, ".p/")
	t := Tile{Width: TileWidth}
	var err error
	if t.Level, err = strconv.Atoi(level); err != nil || t.Level < 0 || t.Level > maxTileLevel {
		return Tile{}, bad
	}
	if isPartial {
		if t.Width, err = strconv.Atoi(partial); err != nil || t.Width < 1 || t.Width >= TileWidth {
			return Tile{}, bad
		}
	}
	digits := strings.ReplaceAll(strings.ReplaceAll(rest, "x", ""), "/", "")
	if t.Index, err = strconv.ParseUint(digits, 10, 63-TileHeight); err != nil || t.Path() != path {
		return Tile{}, bad
	}
	return t, nil
}

// Path returns the one spelling that ParseTile reads.
func (t Tile) Path() string {
	index := fmt.Sprintf("%03d", t.Index%1000)
	for n := t.Index / 1000; n > 0; n /= 1000 {
		index = fmt.Sprintf("x%03d/%s", n%1000, index)
	}
	path := fmt.Sprintf("%d/%s", t.Level, index)
	if t.Width < TileWidth {
		path += fmt.Sprintf(".p/%d", t.Width)
	}
	return path
}

// Tile returns the hashes of a tile, one after the other; ErrNotFound when
// the tree has not grown so far. A full tile never changes.
func (l *Log) Tile(ctx context.Context, t Tile) ([]byte, error) {
	head, err := l.head(ctx)
	if err != nil {
		return nil, err
	}
	if t.Level < 0 || t.Level > maxTileLevel || t.Width < 1 || t.Width > TileWidth || t.Index >= 1<<(63-TileHeight) {
		return nil, ErrNotFound
	}
	level := t.Level * TileHeight
	start := t.Index * TileWidth
	if start+uint64(t.Width) > head.Size>>level {
		return nil, ErrNotFound
	}
	hashes, err := l.c.Store.Hashes(ctx, level, start, t.Width)
	if err != nil {
		return nil, fmt.Errorf("read ledger hashes: %w", err)
	}
	if len(hashes) != t.Width {
		return nil, fmt.Errorf("ledger tile %s: %w", t.Path(), ErrDamaged)
	}
	out := make([]byte, 0, len(hashes)*len(hashes[0]))
	for _, h := range hashes {
		out = append(out, h[:]...)
	}
	return out, nil
}
