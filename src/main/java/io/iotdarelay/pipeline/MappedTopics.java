package io.iotdarelay.pipeline;

import io.iotdarelay.mapping.Routes;
import io.iotdarelay.mapping.RoutesInForce;
import io.iotdarelay.source.Subscription;
import io.iotdarelay.source.Subscriptions;

/** Reads the topics that the routes in force name. Belongs to the poll thread. */
final class MappedTopics implements Subscriptions {

    private final RoutesInForce routes;
    private final Runnable adopted;

    /**
     * Topics of routes.
     *
     * @param adopted runs when other routes are in force
     */
    MappedTopics(RoutesInForce routes, Runnable adopted) {
        this.routes = routes;
        this.adopted = adopted;
    }

    @Override
    public Subscription next() {
        if (routes.adopt()) {
            adopted.run();
        }
        Routes now = routes.current();
        return new Subscription(
                now.topics(),
                now.patterns().stream()
                        .map(pattern -> new Subscription.ByPattern(
                                pattern.topics(), pattern.route().name()))
                        .toList());
    }

    @Override
    public boolean areOutdated() {
        return routes.areOthersRead();
    }
}
