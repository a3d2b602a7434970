// SPDX-License-Identifier: GPL-2.0

// netstack.go - how long TCP clients of gVisor's netstack are held.
//
//	netstack-client TAP ADDRESS/PREFIX HOST SECONDS
//
// It is the host ADDRESS at the other end of the TAP device. All kinds of clients connect at once,
// to the ports from 1001 on, and each prints a line "KIND SECONDS WORD" at its end: gone if the
// stack has ended the connection, held after SECONDS, refused if it never was connected.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/link/fdbased"
	"gvisor.dev/gvisor/pkg/tcpip/link/tun"
	"gvisor.dev/gvisor/pkg/tcpip/network/arp"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

const firstPort = 1001

// kind describes what a client does. kinds.h has the same list.
type kind struct {
	name           string
	writes, closes bool
	// In seconds, or 0 for none; then the number of probes.
	idle, interval, count int
}

var kinds = []kind{
	{name: "waits"},
	{name: "writes", writes: true},
	{name: "closes", closes: true},
	{name: "writes-closes", writes: true, closes: true},
	{name: "keepalive-60/10/3", idle: 60, interval: 10, count: 3},
	{name: "writes-keepalive-60/10/3", writes: true, idle: 60, interval: 10, count: 3},
	{name: "writes-keepalive-20/10/3", writes: true, idle: 20, interval: 10, count: 3},
}

type client struct {
	kind
	endpoint        tcpip.Endpoint
	connected, done bool
}

// must turns the errors of netstack, which are not Go's, into Go's.
func must(what string, err tcpip.Error) error {
	if err == nil {
		return nil
	}
	return errors.New(what + ": " + err.String())
}

func protocol(address netip.Addr) tcpip.NetworkProtocolNumber {
	if address.Is4() {
		return ipv4.ProtocolNumber
	}
	return ipv6.ProtocolNumber
}

// host creates the stack at the other end of the device.
func host(tap string, own netip.Prefix) (*stack.Stack, error) {
	fd, err := tun.OpenTAP(tap)
	if err != nil {
		return nil, err
	}
	link, err := fdbased.New(&fdbased.Options{
		FDs: []int{fd}, MTU: 1500, EthernetHeader: true, Address: "\x02\x00\x00\x00\x00\x02",
	})
	if err != nil {
		return nil, err
	}
	made := stack.New(stack.Options{
		NetworkProtocols: []stack.NetworkProtocolFactory{
			arp.NewProtocol, ipv4.NewProtocol, ipv6.NewProtocol,
		},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol},
	})
	if err := must("no device", made.CreateNIC(1, link)); err != nil {
		return nil, err
	}
	address := tcpip.ProtocolAddress{
		Protocol: protocol(own.Addr()),
		AddressWithPrefix: tcpip.AddressWithPrefix{
			Address: tcpip.AddrFromSlice(own.Addr().AsSlice()), PrefixLen: own.Bits(),
		},
	}
	added := made.AddProtocolAddress(1, address, stack.AddressProperties{})
	network := address.AddressWithPrefix.Subnet()
	made.SetRouteTable([]tcpip.Route{{Destination: network, NIC: 1}})
	return made, must("no address", added)
}

// start starts to connect.
func start(made *stack.Stack, kind kind, to netip.AddrPort) (*client, error) {
	var queue waiter.Queue
	endpoint, err := made.NewEndpoint(tcp.ProtocolNumber, protocol(to.Addr()), &queue)
	if err != nil {
		return nil, must("no endpoint", err)
	}
	// Set before the connection, keepalive starts with the first data or the first segment.
	if kind.idle != 0 {
		endpoint.SocketOptions().SetKeepAlive(true)
		idle := tcpip.KeepaliveIdleOption(time.Duration(kind.idle) * time.Second)
		interval := tcpip.KeepaliveIntervalOption(time.Duration(kind.interval) * time.Second)
		_ = endpoint.SetSockOpt(&idle)
		_ = endpoint.SetSockOpt(&interval)
		_ = endpoint.SetSockOptInt(tcpip.KeepaliveCountOption, kind.count)
	}
	err = endpoint.Connect(tcpip.FullAddress{
		NIC: 1, Addr: tcpip.AddrFromSlice(to.Addr().AsSlice()), Port: to.Port(),
	})
	if _, started := err.(*tcpip.ErrConnectStarted); !started {
		return nil, must("it does not connect", err)
	}
	return &client{kind: kind, endpoint: endpoint}, nil
}

// act writes or closes, as its kind requires, once it is connected.
func (client *client) act() error {
	client.connected = true
	if client.writes {
		data := bytes.NewReader(make([]byte, 1000))
		if n, err := client.endpoint.Write(data, tcpip.WriteOptions{}); n != 1000 {
			return must("its buffer takes no data", err)
		}
	}
	if client.closes {
		client.endpoint.Close()
	}
	return nil
}

// step acts, and reports the end of the connection.
func (client *client) step(now time.Duration, end time.Duration) error {
	word := ""
	switch state := tcp.EndpointState(client.endpoint.State()); {
	case state == tcp.StateEstablished && !client.connected:
		return client.act()
	case state == tcp.StateError, state == tcp.StateClose, state == tcp.StateTimeWait:
		word = "gone"
		if !client.connected {
			word = "refused"
		}
	case now >= end:
		word = "held"
	}
	if word != "" {
		client.done = true
		fmt.Println(client.name, int(now.Seconds()), word)
	}
	return nil
}

func run(tap, own, peer, seconds string) error {
	prefix, err := netip.ParsePrefix(own)
	if err != nil {
		return err
	}
	to, err := netip.ParseAddr(peer)
	if err != nil {
		return err
	}
	end, err := strconv.Atoi(seconds)
	if err != nil {
		return err
	}
	made, err := host(tap, prefix)
	if err != nil {
		return err
	}
	began := time.Now()
	left := make(map[*client]bool)
	for number, kind := range kinds {
		one, err := start(made, kind, netip.AddrPortFrom(to, uint16(firstPort+number)))
		if err != nil {
			return err
		}
		left[one] = true
	}
	for len(left) != 0 {
		time.Sleep(time.Second)
		for one := range left {
			if err := one.step(time.Since(began), time.Duration(end)*time.Second); err != nil {
				return err
			}
			if one.done {
				delete(left, one)
			}
		}
	}
	return nil
}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "netstack-client: say TAP ADDRESS/PREFIX HOST SECONDS")
		os.Exit(1)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, "netstack-client:", err)
		os.Exit(1)
	}
}
