// An MPI communicator as a move-only object with checked calls, and non-blocking sends that own their messages.
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

/// Types sent as their bytes in memory (MPI_BYTE): all ranks run the same program on the same kind of machine.
template <class T>
concept Message = std::is_trivially_copyable_v<T>;

/// An owned MPI communicator. Move-only. Methods are local unless marked collective.
/// @throws Error  from all methods: failure: an MPI call failed, or a received message does not match its checksum
class Communicator {
  public:
    /// A duplicate of MPI_COMM_WORLD. Collective over all processes.
    static Communicator world();

    Communicator(Communicator&& other) noexcept;
    Communicator& operator=(Communicator&& other) noexcept;
    ~Communicator();  ///< MPI_Comm_free; collective by the standard, but ranks may call it at different times.

    int rank() const { return rank_; }
    int size() const { return size_; }
    MPI_Comm handle() const { return handle_; }
    /// The rank in MPI_COMM_WORLD of each member.
    std::vector<int> world_ranks() const;

    Communicator duplicate() const;                ///< Collective.
    Communicator split(int color, int key) const;  ///< Collective. MPI_Comm_split; color >= 0.
    Communicator split_by_node() const;            ///< Collective. Ranks that can share memory, in rank order.
    std::vector<int> nodes() const;                ///< Collective. For each rank the first rank on its node.
    /// A communicator of these ranks, in this order (MPI_Comm_create_group). Collective over these ranks only.
    /// @param ranks  of this communicator, the own one among them; equal on all of them
    Communicator create_group(std::span<const int> ranks) const;
    void barrier() const;  ///< Collective.

    /// Collective; values.size() is equal on all ranks.
    template <Message T>
    void broadcast(std::span<T> values, int root) const {
        broadcast_bytes(std::as_writable_bytes(values), root);
    }
    template <Message T>
    void broadcast(T& value, int root) const {
        broadcast(std::span(&value, 1), root);
    }
    /// The same for a vector or string, which is resized to root's size. Collective.
    template <class Container>
    requires Message<typename Container::value_type> && requires(Container& c) { c.resize(1); }
    void broadcast(Container& values, int root) const {
        std::size_t size = values.size();
        broadcast(size, root);
        values.resize(size);
        broadcast(std::span<typename Container::value_type>(values), root);
    }

    /// MPI_Allgatherv in place. Collective.
    /// @param all     in: this rank's elements at their place; out: the elements of all ranks, in rank order
    /// @param counts  [size()] elements of each rank, equal on all ranks; their sum is all.size()
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

    /// Sends `values` to one rank and receives from another (MPI_Sendrecv); the source sends received.size() values.
    template <Message T>
    void shift(std::span<const T> values, int destination, std::span<T> received, int source) const {
        shift_bytes(std::as_bytes(values), destination, std::as_writable_bytes(received), source);
    }
    /// Identifies a message that has arrived but is not received yet.
    struct Arrival {
        int source = 0;
        int tag = 0;
    };
    /// Waits until this message has arrived, and leaves the core free: sleeps up to 1 ms between polls.
    /// @param meanwhile  called before each poll; may be empty
    void wait_sleeping(const Arrival& awaited, const std::function<void()>& meanwhile = {}) const;
    /// The first message that has arrived from any rank, if any. Does not block.
    std::optional<Arrival> probe() const;
    /// Whether such a message has arrived. Does not block.
    bool probe(int source, int tag) const;
    /// Receives a message; blocks until it has arrived.
    /// @throws Error  failure: it has another length
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
    /// Receives a message of Outbox::send_list: a head and any number of values.
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
    /// @throws Error  failure: `bytes` is not head + k * element for an integer k >= 0
    static void require_length(std::size_t bytes, std::size_t head, std::size_t element);

    MPI_Comm handle_ = MPI_COMM_NULL;
    int rank_ = 0;
    int size_ = 0;
};

/// Non-blocking sends of messages that it copies: sending never waits for the receiver, however long the message is.
/// Messages progress while this process is in any MPI call. Not thread-safe.
class Outbox {
  public:
    /// @param communicator  outlives this object
    explicit Outbox(const Communicator& communicator) : communicator_(&communicator) {}
    Outbox(Outbox&&) = default;
    Outbox& operator=(Outbox&&) = delete;
    ~Outbox();  ///< Does not wait: messages that are not sent yet may be lost.

    template <Message T>
    void send(const T& value, int destination, int tag) {
        send_bytes(std::as_bytes(std::span(&value, 1)), {}, destination, tag);
    }
    /// Several values, whose number the receiver knows; see receive_values.
    template <Message T>
    void send_values(std::span<const T> values, int destination, int tag) {
        send_bytes(std::as_bytes(values), {}, destination, tag);
    }
    /// A head and any number of values in one message; see receive_list.
    template <Message Head, Message T>
    void send_list(const Head& head, std::span<const T> values, int destination, int tag) {
        send_bytes(std::as_bytes(std::span(&head, 1)), std::as_bytes(values), destination, tag);
    }
    /// Fault injection: flips one bit of the next message after its checksum was taken.
    void flip_next() { flips_next_ = true; }
    /// Whether MPI has sent all messages. Does not block.
    bool is_empty();
    /// Blocks until is_empty().
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
