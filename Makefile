# Short names for the commands of README.md; nothing here that they do not do.
.PHONY: run test test-long bench publish clean

run:
	dotnet run --project Floe.AppHost

test:
	dotnet test

test-long:
	dotnet test -p:Suite=Long

bench:
	bench/start.sh

publish:
	dotnet run --project Floe.AppHost -- --operation publish --step publish --output-path out

clean:
	rm -rf .floe out
