package io.iotdarelay.appside;

import java.util.List;

/** What became of a device that was to be created. */
public sealed interface Creation {

    /** It was made by this request. Its secret is the one that was sent. */
    record Made(Device device) implements Creation {}

    /**
     * It is there already, with its secrets as far as the platform shows them.
     *
     * @param differences from what was asked for; none if it is the same
     */
    record Existed(Device device, List<Difference> differences) implements Creation {

        public Existed {
            differences = List.copyOf(differences);
        }
    }

    /**
     * The platform says that it exists, and has no device of this ID: another one has the same node ID in the product.
     *
     * @param why a readable explanation, which names the other device
     */
    record InTheWay(String why) implements Creation {}

    /** It was not created, or nobody knows: the answer to the call that failed, never one that found something. */
    record Failed(Answer<?> answer) implements Creation {}

    /** Something in which the device that is there differs from the one that was asked for. */
    enum Difference {
        PRODUCT("product"),
        NODE("node ID"),
        GATEWAY("gateway");

        private final String text;

        Difference(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
