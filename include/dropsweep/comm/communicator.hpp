#pragma once

#include <cstddef>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <mpi.h>

namespace dropsweep::comm {

/// Bytes that are sent as they lie in memory: all ranks run the same program on the same kind of machine.
template <class T>
concept Message = std::is_trivially_copyable_v<T>;

/// An MPI communicator, owned; move-only. The raw handle is visible.
/// All methods throw Error (failure) when MPI reports an error, and when a checksum shows that what has arrived is not
/// what was sent.
class Communicator {
  public:
    /// A duplicate of MPI_COMM_WORLD. Collective over all processes.
    static Communicator world();

    Communicator(Communicator&& other) noexcept;
    Communicator& operator=(Communicator&& other) noexcept;
    ~Communicator();  ///< Frees it. Local here, though MPI calls it collective: every owner gives it up sooner or
                      ///< later.

    int rank() const { return rank_; }
    int size() const { return size_; }
    MPI_Comm handle() const { return handle_; }
    /// The rank in MPI_COMM_WORLD of each member. Local.
    std::vector<int> world_ranks() const;

    Communicator duplicate() const;                ///< Collective.
    Communicator split(int color, int key) const;  ///< Collective. color >= 0.
    Communicator split_by_node() const;            ///< Collective. The ranks that can share memory with this one.
    std::vector<int> nodes() const;                ///< Collective. Of each rank the first rank of its node.
    /// A communicator of these ranks, in this order. Collective over them alone: no other rank takes part or notices.
    /// @param ranks  of this communicator, the own one among them; equal on all of them
    Communicator create_group(std::span<const int> ranks) const;
    void barrier() const;  ///< Collective.

    /// Root's bytes into everybody's. Collective; `values` has the same size everywhere.
    template <Message T>
    void broadcast(std::span<T> values, int root) const {
        broadcast_bytes(std::as_writable_bytes(values), root);
    }
    template <Message T>
    void broadcast(T& value, int root) const {
        broadcast(std::span(&value, 1), root);
    }
    /// Root's vector or string, whatever its size, into everybody's. Collective.
    template <class Container>
    requires Message<typename Container::value_type> && requires(Container& c) { c.resize(1); }
    void broadcast(Container& values, int root) const {
        std::size_t size = values.size();
        broadcast(size, root);
        values.resize(size);
        broadcast(std::span<typename Container::value_type>(values), root);
    }

    /// Everybody's runs, in rank order, into everybody's `all`. Collective.
    /// @param counts  [size()] elements of each rank's run; their sum is all.size(); equal on all ranks
    /// @param all     in: own run at its place; out: every run
    template <Message T>
    void all_gather_in_place(std::span<T> all, std::span<const std::size_t> counts) const {
        all_gather_bytes(std::as_writable_bytes(all), counts, sizeof(T));
    }
    /// One value of each rank, in rank order. Collective.
    template <Message T>
    std::vector<T> all_gather(const T& own) const {
        std::vector<T> all(static_cast<std::size_t>(size_));
        all[static_cast<std::size_t>(rank_)] = own;
        const std::vector<std::size_t> counts(all.size(), 1);
        all_gather_in_place(std::span<T>(all), counts);
        return all;
    }

    /// Sends values and receives others at once.
    template <Message T>
    void shift(std::span<const T> values, int destination, std::span<T> received, int source) const {
        shift_bytes(std::as_bytes(values), destination, std::as_writable_bytes(received), source);
    }
    /// A message that has arrived but was not received.
    struct Arrival {
        int source = 0;
        int tag = 0;
    };
    /// Waits until this message has arrived without keeping the core busy: it sleeps between looks, up to a
    /// millisecond.
    /// @param meanwhile  called before each look; empty: nothing
    void wait_patiently(const Arrival& awaited, const std::function<void()>& meanwhile = {}) const;
    /// Whether any message waits. Does not block.
    std::optional<Arrival> probe() const;
    /// Whether a message with this tag waits. Does not block.
    bool probe(int source, int tag) const;
    /// Receives a message, waiting for it if need be.
    /// @throws Error  failure: it is of another length
    template <Message T>
    T receive(const Arrival& arrival) const {
        T value;
        receive_values(std::span(&value, 1), arrival);
        return value;
    }
    template <Message T>
    void receive_values(std::span<T> values, const Arrival& arrival) const {
        const std::vector<std::byte> bytes = receive_bytes(arrival);
        require_length(bytes.size(), values.size_bytes(), 0);
        std::memcpy(values.data(), bytes.data(), bytes.size());
    }
    /// The same of a value and those after it, as many as were sent.
    template <Message Head, Message T>
    std::pair<Head, std::vector<T>> receive_list(const Arrival& arrival) const {
        const std::vector<std::byte> bytes = receive_bytes(arrival);
        require_length(bytes.size(), sizeof(Head), sizeof(T));
        std::pair<Head, std::vector<T>> received{{}, std::vector<T>((bytes.size() - sizeof(Head)) / sizeof(T))};
        std::memcpy(&received.first, bytes.data(), sizeof(Head));
        std::memcpy(received.second.data(), bytes.data() + sizeof(Head), bytes.size() - sizeof(Head));
        return received;
    }

  private:
    explicit Communicator(MPI_Comm handle);
    void release() noexcept;
    void broadcast_bytes(std::span<std::byte> bytes, int root) const;
    void all_gather_bytes(std::span<std::byte> all, std::span<const std::size_t> counts, std::size_t element) const;
    void shift_bytes(std::span<const std::byte> bytes, int destination, std::span<std::byte> received,
                     int source) const;
    std::vector<std::byte> receive_bytes(const Arrival& arrival) const;
    /// @throws Error  failure: `bytes` is less than `head`, or what it has more is no multiple of `element` (0: more)
    static void require_length(std::size_t bytes, std::size_t head, std::size_t element);

    MPI_Comm handle_ = MPI_COMM_NULL;
    int rank_ = 0;
    int size_ = 0;
};

/// Values on their way to other ranks: sending never waits for the receiver, whatever an MPI sends at once. They are
/// sent on while this process is in any call of MPI. For one thread.
class Outbox {
  public:
    /// @param communicator  outlives this object
    explicit Outbox(const Communicator& communicator) : communicator_(&communicator) {}
    Outbox(Outbox&&) = default;
    Outbox& operator=(Outbox&&) = delete;
    ~Outbox();  ///< Does not wait: what is still on its way may get lost.

    template <Message T>
    void send(const T& value, int destination, int tag) {
        send_bytes(std::as_bytes(std::span(&value, 1)), {}, destination, tag);
    }
    /// The same for several values, whose number the receiver knows.
    template <Message T>
    void send_values(std::span<const T> values, int destination, int tag) {
        send_bytes(std::as_bytes(values), {}, destination, tag);
    }
    /// A value and others after it, in one message.
    template <Message Head, Message T>
    void send_list(const Head& head, std::span<const T> values, int destination, int tag) {
        send_bytes(std::as_bytes(std::span(&head, 1)), std::as_bytes(values), destination, tag);
    }
    /// Injects a fault: a bit of what is sent next turns over on its way.
    void flip_next() { flips_next_ = true; }
    /// Whether nothing is on its way any more. Does not block.
    bool is_empty();
    /// Waits until that is so.
    void flush();

  private:
    struct Parcel {
        std::unique_ptr<std::vector<std::byte>> bytes;
        MPI_Request request = MPI_REQUEST_NULL;
    };
    void send_bytes(std::span<const std::byte> head, std::span<const std::byte> values, int destination, int tag);

    const Communicator* communicator_;
    std::deque<Parcel> parcels_;  ///< the oldest first
    bool flips_next_ = false;
};

}  // namespace dropsweep::comm
