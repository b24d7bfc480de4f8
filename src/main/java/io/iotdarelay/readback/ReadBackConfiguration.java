package io.iotdarelay.readback;

import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.AppsideConfiguration;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.metrics.ReadBackMeters;
import io.iotdarelay.model.Diagnosis;
import io.iotdarelay.model.ModelKeeper;
import io.iotdarelay.pipeline.DeliveredReports;
import io.iotdarelay.settings.EverySecond;
import io.iotdarelay.telemetry.SteadyClock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Wires the proof of arrival, if it is wanted. Otherwise nothing of it exists. */
@Configuration(proxyBeanMethods = false)
@Conditional(ReadBackConfiguration.IsEnabled.class)
public class ReadBackConfiguration {

    /** Whether it is wanted. */
    public static final class IsEnabled extends AppsideConfiguration.IsUsed {

        public IsEnabled() {
            super("relay.platform.read-back.enabled");
        }
    }

    @Bean(destroyMethod = "close")
    ReadBack readBack(
            ReadBackProperties properties,
            ApplicationSide side,
            ModelKeeper models,
            DeviceDirectory directory,
            ReadBackMeters meters,
            SteadyClock time) {
        return new ReadBack(properties, side, new Diagnosis(models, directory::productOf), meters, time);
    }

    @Bean
    DeliveredReports deliveredReports(ReadBack readBack) {
        return readBack.deliveries();
    }

    @Bean(destroyMethod = "close")
    EverySecond readBackThread(ReadBack readBack) {
        return new EverySecond("relay-read-back", readBack::tick);
    }
}
