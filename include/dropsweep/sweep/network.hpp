// A model of the network between nodes, and the traffic of a training step on it.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace dropsweep::sweep {

/// Each node has one link, full duplex.
struct Network {
    double latency_seconds = 0;   ///< of a message between two nodes
    double bytes_per_second = 0;  ///< of a node's link, in one direction
    bool operator==(const Network&) const = default;
};

/// Reads "10GbE" (30 us, 10 Gbit/s), "25GbE" (20 us, 25 Gbit/s), "IB" (2 us, 100 Gbit/s; InfiniBand EDR), or
/// latency:bandwidth in microseconds and Gbit/s, e.g. "30:10". The rates of the names are the nominal ones, their
/// latencies are assumed: those of messages over TCP, for IB over verbs.
/// @throws Error  usage: none of these; the message gives the reason, without a remedy
Network parse_network(std::string_view text);

/// What determines the exchange of a step.
struct StepExchange {
    std::size_t parameters = 0;  ///< of the model
    std::size_t layers = 0;
    std::size_t leaves = 0;
    std::size_t weight_bytes = 4;  ///< of a weight in the allgather: 4 or 2
};

/// What a step sends over the network.
struct Traffic {
    double bytes = 0;     ///< through the busiest link, of gradients and of weights each the busier direction
    double messages = 0;  ///< of the busiest rank, one after the other
    bool operator==(const Traffic&) const = default;
};

/// Traffic of one step's OrderedReduction between nodes and of the sum of the losses. With P ranks on M nodes, r of
/// them on a node that has s partial sums of S on all nodes, and n = parameters, that node's link carries
///     gradients:  4 n s (P - r) / P  out of it,  4 n (S - s) r / P  into it
///     weights:    weight_bytes n (M - 1) r / P  out of it,  weight_bytes n (P - r) / P  into it
/// and a rank sends, for each layer, s messages for each of the ceil((P - r) / r) slices of ranks elsewhere that it
/// handles, and one with weights to each other node. The sum of the losses takes ceil(log2 P) more messages. Local: no
/// communication. Source: Thakur, Rabenseifner, Gropp (2005), Optimization of Collective Communication Operations in
/// MPICH, section 3 (cost model), each pair of nodes exchanging directly.
/// @param ranks_on_nodes  of the group, on each of its nodes; their sum is at most exchange.leaves. Ranks of a node are
///                        taken to be consecutive
Traffic step_traffic(const StepExchange& exchange, std::span<const int> ranks_on_nodes);

/// latency * messages + bytes / bandwidth: an upper bound, as if nothing overlapped with computation.
double seconds(const Network& network, const Traffic& traffic);

}  // namespace dropsweep::sweep
