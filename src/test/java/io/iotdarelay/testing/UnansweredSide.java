package io.iotdarelay.testing;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.ApplicationStatus;
import io.iotdarelay.appside.Device;
import io.iotdarelay.appside.DevicePage;
import io.iotdarelay.appside.DeviceQuery;
import io.iotdarelay.appside.NewDevice;
import io.iotdarelay.appside.Product;
import io.iotdarelay.appside.Shadow;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import reactor.core.publisher.Mono;

/** An application side that is not asked: a test answers the calls that it expects. */
public interface UnansweredSide extends ApplicationSide {

    @Override
    default Mono<Answer<Device>> device(DeviceId device) {
        throw new UnsupportedOperationException();
    }

    @Override
    default Mono<Answer<Device>> create(NewDevice device) {
        throw new UnsupportedOperationException();
    }

    @Override
    default Mono<Answer<DeviceSecret>> resetSecret(DeviceId device, Which which, DeviceSecret secret) {
        throw new UnsupportedOperationException();
    }

    @Override
    default Mono<Answer<DeviceId>> changeGateway(DeviceId child, DeviceId gateway) {
        throw new UnsupportedOperationException();
    }

    @Override
    default Mono<Answer<Product>> product(String productId) {
        throw new UnsupportedOperationException();
    }

    @Override
    default Mono<Answer<Shadow>> shadow(DeviceId device) {
        throw new UnsupportedOperationException();
    }

    @Override
    default Mono<Answer<DevicePage>> devices(DeviceQuery query) {
        throw new UnsupportedOperationException();
    }

    @Override
    default Mono<Answer<DevicePage>> devices(DeviceQuery query, DevicePage before) {
        throw new UnsupportedOperationException();
    }

    @Override
    default ApplicationStatus status() {
        throw new UnsupportedOperationException();
    }
}
