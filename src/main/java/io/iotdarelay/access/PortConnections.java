package io.iotdarelay.access;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The open connections, oldest first. Where there are too many, the oldest that is not being answered makes room, so that those who
 * only hold connections open keep nobody out. For the one thread of the HTTP port.
 */
final class PortConnections {

    private final int most;
    private final int mostPerAddress;
    private final LinkedHashSet<PortConnection> open = new LinkedHashSet<>();
    private final Map<InetAddress, Integer> perAddress = new HashMap<>();

    PortConnections(int most, int mostPerAddress) {
        this.most = most;
        this.mostPerAddress = mostPerAddress;
    }

    /** Whether there is room, possibly made. */
    boolean admit(PortConnection connection) {
        InetAddress address = connection.address();
        if (perAddress.getOrDefault(address, 0) >= mostPerAddress
                && !makeRoom(other -> other.address().equals(address))) {
            return false;
        }
        if (open.size() >= most && !makeRoom(other -> true)) {
            return false;
        }
        open.add(connection);
        perAddress.merge(address, 1, Integer::sum);
        return true;
    }

    void remove(PortConnection connection) {
        if (open.remove(connection)) {
            perAddress.computeIfPresent(connection.address(), (address, count) -> count == 1 ? null : count - 1);
        }
    }

    private boolean makeRoom(Predicate<PortConnection> among) {
        for (PortConnection each : open) {
            if (!each.isAnswering() && among.test(each)) {
                remove(each);
                each.close();
                return true;
            }
        }
        return false;
    }
}
