# Short names for the commands of README.md; nothing here that they do not do.
apphost = dotnet run --project Floe.AppHost -- --operation publish --step

.PHONY: run test test-long bench publish preflight deploy-local-full deploy-local-infra rollback-local undeploy-local status verify-local verify clean

run:
	dotnet run --project Floe.AppHost

test:
	dotnet test

test-long:
	dotnet test -p:Suite=Long

bench:
	bench/start.sh

publish:
	$(apphost) publish --output-path out

preflight deploy-local-full deploy-local-infra rollback-local undeploy-local status verify-local verify:
	$(apphost) $@ --output-path out

clean:
	rm -rf .floe out
