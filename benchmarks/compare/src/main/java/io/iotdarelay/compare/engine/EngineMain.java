package io.iotdarelay.compare.engine;

import io.iotdarelay.compare.Arguments;

/** Runs one of the peers until it is stopped. */
public final class EngineMain {

    private EngineMain() {}

    public static void main(String[] args) throws InterruptedException {
        Arguments arguments = new Arguments(args);
        Setting setting = Setting.of(arguments);
        String engine = arguments.text("engine");
        switch (engine) {
            case "bare" -> Bare.run(setting);
            case "bare-kafka" -> BareKafka.run(setting);
            case "pc-vertx" -> ParallelConsumerVertx.run(setting);
            case "pc-reactor" -> ParallelConsumerReactor.run(setting);
            case "spring-kafka" -> SpringKafka.run(setting);
            default -> throw new IllegalArgumentException(engine);
        }
        Thread.currentThread().join();
    }
}
